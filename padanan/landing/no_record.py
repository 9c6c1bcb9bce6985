"""Rows of a sheet that are no records: column numbers, totals, groups, place and date, signatures, pasted headers.

Only rows without a number and without a birth date are looked at; each gets a reason that the receipt names. What is wrong
with a record belongs to the rules.
"""

from __future__ import annotations

import duckdb

from padanan.base.duck import first_row
from padanan.base.sql import ident, literal
from padanan.contracts.blanks import Blanks
from padanan.contracts.contract import FEEDBACK, Contract
from padanan.landing.header import known_names, normal
from padanan.landing.raw import LINE, RawTable, Spec

NUMBERS, NAMES, BIRTH = ("nik", "no_kk"), ("nama",), ("tgl_lahir",)
# Columns whose content makes a row a person or family.
IDENTITY = (*NUMBERS, *NAMES, *BIRTH)
# `normal` of a label, in SQL.
_NORMAL = "regexp_replace(upper(strip_accents({})), '[^0-9A-Z]', '', 'g')"
_LEVELS = "PROVINSI|KOTA|KOTAMADYA|KABUPATEN|KAB|KECAMATAN|KEC|KELURAHAN|KEL|DESA|WILAYAH|KODYA|RW|RT|DUSUN|PANTI|LEMBAGA|SEKOLAH"
_MONTHS = "JAN|FEB|PEB|MAR|APR|MEI|JUN|JUL|AGU|AGS|SEP|OKT|NOV|NOP|DES"
_PLACE_AND_DATE = rf"^[A-Z][A-Z .]*, *([0-9]{{1,2}}|[.…_ ]+) *({_MONTHS})[A-Z]* *[0-9]{{2,4}}$"
_OFFICES = (
    "MENGETAHUI|MENYETUJUI|KEPALA|KETUA|SEKRETARIS|LURAH|CAMAT|PLT|PLH|A\\.?N\\b|U\\.?B\\b|PETUGAS|OPERATOR|PENANGGUNG JAWAB|"
    "PEMBUAT|DIBUAT|DIPERIKSA|PEJABAT|BENDAHARA|TTD|TANDA TANGAN"
)
# `I.`, `A.`, `1)` before a caption.
_ENUMERATION = "^(?:(?:[IVX]{1,5}|[A-Z]|[0-9]{1,3}) *[.)] *)+"
_DEGREE = "^(DR|DRS|DRA|IR|PROF|H|HJ)\\.|, ?[SM]\\.? ?[A-Z]"
# A row this empty holds a caption, not a record.
CAPTION_CELLS = 2
# Columns outside the contract are numbered too.
UNREAD_COLUMNS = 20
# Cells of a row that hold nothing but the same mark (`x`, `0`, `...`).
FILLER_CELLS, FILLER_LENGTH = 3, 5

REASONS = {
    "judul_berulang": "baris judul terulang",
    "judul_lain": "baris judul dengan susunan kolom lain",
    "penomoran_kolom": "baris penomoran kolom",
    "baris_jumlah": "baris jumlah",
    "baris_kelompok": "baris kelompok (nama wilayah atau bagian)",
    "tempat_tanggal": "tempat dan tanggal surat",
    "nip": "NIP penanda tangan",
    "tanda_tangan": "jabatan atau nama penanda tangan",
    "baris_pengisi": "baris pengisi (tanda yang sama di setiap kolom)",
    "tanpa_identitas": "tanpa nomor, nama, dan tanggal lahir",
    "kaki_kueri": "baris penutup kueri, jumlahnya cocok",
}
"""Reason to what a receipt calls it; in the order in which they are asked."""

OTHER_HEADER = "judul_lain"
"""A second row of labels that names other columns than the first: what stands below it was not read by its own labels."""
# So many labels in one row are a row of labels, when they are most of it.
FEWEST_LABELS = 3
OTHER_TOTAL = "kaki_kueri_lain"
"""Why the last line is unreadable when it is a query's footer that counts other rows than there are."""
# What psql and its like write below a table.
_FOOTER = r"\s*\(([0-9]{1,12}) (?:rows?|baris)\)\s*"


def find_footer(con: duckdb.DuckDBPyConnection, raw: RawTable) -> None:
    """Makes the table `kaki` (_baris, sebab): the last line where it is a query's footer, `(5 rows)`; else it is empty.

    A footer that counts the rows above it is none of them; one that counts others tells of a file that was cut.
    """
    con.execute(f"""
        create temp table kaki as
        with akhir as (
            select {LINE}, sebab, try_cast(regexp_extract(isi, {literal(_FOOTER)}, 1) as bigint) as jumlah
            from read_parquet({literal(raw.rejects)}) where regexp_full_match(isi, {literal(_FOOTER)})
        )
        select {LINE}, case when jumlah = {raw.counted - 1} then 'kaki_kueri'
            else '{OTHER_TOTAL} ' || jumlah || ', berkas memuat {raw.counted - 1}' end as sebab
        from akhir
        where {LINE} >= (select coalesce(max({LINE}), 0) from read_parquet({literal(raw.path)}))
            and {LINE} = (select max({LINE}) from read_parquet({literal(raw.rejects)}))
    """)


def find(con: duckdb.DuckDBPyConnection, raw: RawTable, contract: Contract, blanks: Blanks) -> None:
    """Makes the table `bukan`(_baris, sebab) from the view `mentah` (text columns by standard name, `_baris`).

    Args:
        con: the private connection of one delivery.
        raw: its columns and labels.
        contract: its agreed names.
        blanks: what says nothing.
    """
    seen = [name for name in contract.column_names if name in raw.columns]
    con.execute(f"create temp table bukan ({LINE} bigint, sebab varchar)")
    if len(seen) < 2:
        return
    cells = [f"case when not {blanks.sql(ident(name), name)} then trim({ident(name)}) end" for name in seen]
    texts = ", ".join(cells)
    # A number in these columns is a record's mark; NIP and column numbers are told by their own form.
    marked = [f"regexp_matches(coalesce({ident(name)}, ''), '[0-9]{{6}}')" for name in NUMBERS if name in seen]
    day = "[0-9]{4}|[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]"
    marked += [f"regexp_matches(coalesce({ident(name)}, ''), '{day}')" for name in BIRTH if name in seen]
    nip = " or ".join(f"upper({ident(name)}) like '%NIP%'" for name in seen if name in IDENTITY) or "false"
    doubtful = f"not ({' or '.join(marked)}) or {nip}" if marked else "true"
    # Few rows are doubtful: their lines are found in the columns that say so, and only they are read whole.
    con.execute(f"create temp table ragu as select {LINE} from mentah where {doubtful}")
    if not (first_row(con, "select count(*) from ragu") or (0,))[0]:
        return
    con.execute(
        f"create temp table curiga as select {LINE}, [{texts}] as sel from mentah where {LINE} in (select {LINE} from ragu)"
    )
    last = first_row(con, f"select max({LINE}) from mentah where {LINE} not in (select {LINE} from curiga)")
    tail = -1 if last is None or last[0] is None else int(last[0])
    # A row of figures by place has no person's columns: what such a list calls a caption may be a place.
    people = "true" if any(name in seen for name in IDENTITY) else "false"
    # A name holds a letter.
    identity = [
        f"case when regexp_matches(sel[{seen.index(name) + 1}], '\\pL') then sel[{seen.index(name) + 1}] end"
        if name in NAMES
        else f"sel[{seen.index(name) + 1}]"
        for name in IDENTITY
        if name in seen
    ]
    if identity and contract.kind == FEEDBACK:
        # What the field sends back is a record by its own number, whoever it speaks of: a ticket without a name, an id that was
        # handed over.
        identity += [f"sel[{seen.index(name) + 1}]" for name in contract.entity_key if name in seen]
    nameless = " and ".join(f"({cell}) is null" for cell in identity) if identity else "false"
    # Headers are compared as tolerantly as the first one was found.
    names = known_names(Spec.of(contract))
    # As two expressions: a list of so many words costs the planner more than a small delivery costs altogether.
    every = "|".join(sorted((set(names) | {normal(label) for label in raw.labels.values()}) - {""}))
    own = "|".join(f"{index}:(?:{'|'.join(_labels(names, name, raw))})" for index, name in enumerate(seen, 1))
    least = min(FEWEST_LABELS, len(seen))
    con.execute(f"""
        insert into bukan
        with isi as (
            select {LINE}, sel, list_filter(sel, lambda x: x is not null) as teks from curiga
        ), ukuran as (
            select *, len(teks) as n, upper(teks[1]) as depan,
                regexp_replace(upper(array_to_string(teks, ' ')), '{_ENUMERATION}', '') as semua,
                list_transform(teks, lambda x: coalesce(
                    try_cast(regexp_extract(x, '^[(]?([0-9]{{1,3}})(?:[.]0| *=[0-9a-zA-Z .+*/x×=-]+)?[).]?$', 1) as integer),
                    case when regexp_full_match(x, '[(]?[a-zA-Z][).]?') then ascii(upper(regexp_extract(x, '[a-zA-Z]'))) - 64 end
                )) as angka,
                list_transform(sel, lambda x: {_NORMAL.format("x")}) as baku
            from isi
        ), berjudul as (
            select *, len(list_filter(baku, lambda x: regexp_full_match(x, '{every}'))) as dikenal,
                len(list_filter(baku, lambda x, i: regexp_full_match(i || ':' || x, '{own}'))) as tepat
            from ukuran
        ), dinilai as (
            select {LINE}, case
                when dikenal >= greatest({least}, ceil(0.6 * n))
                    then case when tepat = dikenal then 'judul_berulang' else '{OTHER_HEADER}' end
                when n >= 3 and n >= {len(seen)} // 2 and len(list_filter(angka, lambda x: x is null)) = 0
                    and angka = list_sort(list_distinct(angka)) and angka[1] <= 3 and angka[-1] <= {len(seen) + UNREAD_COLUMNS}
                    then 'penomoran_kolom'
                when n <= greatest({CAPTION_CELLS}, {len(seen)} // 3)
                    and regexp_matches(depan, '^(SUB ?|GRAND )?(TOTAL|JUMLAH|JML)\\b') then 'baris_jumlah'
                when n <= {CAPTION_CELLS} and regexp_matches(semua, '\\bNIP\\b[^A-Z]*[0-9][0-9 .]{{7,}}') then 'nip'
                when {people} and n <= {CAPTION_CELLS} and regexp_matches(semua, {literal(_PLACE_AND_DATE)}) then 'tempat_tanggal'
                when {people} and n <= {CAPTION_CELLS} and {_numberless(seen)}
                    and regexp_matches(semua, '^({_LEVELS})\\b[ .:]+[A-Z0-9]')
                    then 'baris_kelompok'
                when {people} and n <= {CAPTION_CELLS} and {LINE} > {tail} and (regexp_matches(semua, '^[(]?({_OFFICES})\\b')
                    or regexp_matches(semua, '{_DEGREE}') or regexp_matches(semua, '^[(].*[)]$')) then 'tanda_tangan'
                when n >= {FILLER_CELLS} and length(teks[1]) <= {FILLER_LENGTH} and len(list_distinct(teks)) = 1
                    and len(list_distinct(string_split(teks[1], ''))) = 1 then 'baris_pengisi'
                when {nameless} then 'tanpa_identitas'
            end as sebab
            from berjudul
        )
        select {LINE}, sebab from dinilai where sebab is not null
    """)
    con.execute("drop table curiga")


def _labels(names: dict[str, str], name: str, raw: RawTable) -> list[str]:
    """Every label under which a column is known, and the one it was found under, as `normal` makes them."""
    known = {label for label, standard in names.items() if standard == name}
    return sorted(known | {normal(raw.labels[name])}) if name in raw.labels else sorted(known)


def _numberless(seen: list[str]) -> str:
    """No number of a person stands in the row."""
    cells = [f"sel[{seen.index(name) + 1}]" for name in NUMBERS if name in seen]
    return " and ".join(f"coalesce(not regexp_matches({cell}, '[0-9]{{6}}'), true)" for cell in cells) or "true"
