"""What a run shows: its tables, pictures, sentences and page; the workbook and the screen hold the same tables.

Counting is done in `run`; files are put into place in `cli`.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from markupsafe import Markup

from padanan.base.format import day, exact, fingerprint, rough, rupiah
from padanan.base.suppress import ALL, Cover
from padanan.pages.layout import bare_environment
from padanan.pages.page import Page
from padanan.pages.svg import amounts
from padanan.pages.table import Cell, Column, Row, Table, count, counted, heads, money, row, table, text
from padanan.pages.workbook import Heading
from padanan.simulation.covered import AGELESS, stopped
from padanan.simulation.document import CLASS_NAMES, CLASSES, Figure
from padanan.simulation.families import KINDS, OUTSIDE
from padanan.simulation.parameters import MONTHS, Mode
from padanan.simulation.run import Real, Run

TITLE = "Simulasi Bantuan Reguler"
PAGE, BOOK, PICTURE, SWEEP_PICTURE = "simulasi.html", "simulasi.xlsx", "simulasi.svg", "sapuan.svg"
_RULE = (
    "Tambahan = nilai bantuan dikurangi PKH dan BPNT. Bila keduanya lebih besar daripada nilai bantuan, tambahannya 0: tidak ada "
    "keluarga yang mengembalikan uang, dan kelebihannya tidak mengurangi anggaran keluarga lain."
)


def slip(run: Run) -> list[str]:
    """The document's unit slip in plain words, with what it changes; empty where PKH is counted per month to begin with."""
    cash = run.parameters.cash
    printed, right = run.figures[Mode.AS_PRINTED], run.figures[Mode.UNIT_CORRECTED]
    if cash.per == "bulan":
        return []
    month, year = "gkm_bersih_bulan", "gkm_bersih_tahun"
    return [
        f"Nilai PKH Rp{rupiah(cash.value)} adalah untuk satu tahun, tetapi Kertas Kebijakan #3 menguranginya setiap bulan, "
        f"seolah-olah keluarga PKH menerima Rp{rupiah(cash.value)} sebulan. Sebulan sebenarnya "
        f"Rp{rupiah(cash.month(Mode.UNIT_CORRECTED))}.",
        f"Akibatnya tambahan bagi keluarga PKH dan BPNT terhitung Rp{rupiah(printed['gkm_keduanya'].value)} sebulan; seharusnya "
        f"Rp{rupiah(right['gkm_keduanya'].value)}. Keluarga yang hanya menerima BPNT tidak terpengaruh.",
        f"Anggaran bersih Alternatif 1 terhitung Rp{rough(printed[month].value)} sebulan; seharusnya "
        f"Rp{rough(right[month].value)}. Setahun Rp{rough(printed[year].value)}; seharusnya Rp{rough(right[year].value)}, "
        f"lebih besar Rp{rough(right[year].value - printed[year].value)}.",
        f"“{_capital(Mode.AS_PRINTED)}” mengulang angka dokumen beserta kekeliruannya, "
        f"“{_capital(Mode.UNIT_CORRECTED)}” menghitung PKH per bulan.",
    ]


def _capital(mode: Mode) -> str:
    return mode.told[:1].upper() + mode.told[1:]


def tables(run: Run) -> dict[str, Table]:
    """Every table of a run by its id, in the order in which they are read."""
    found = {"dokumen": _document(run)}
    if run.points:
        found["sapuan"] = _sweep(run)
    if run.real is not None:
        found |= _families(run, run.real)
    found["parameter"] = _parameters(run)
    return found


def _figure(one: Figure) -> Cell:
    if one.unit == "bagian":
        # In words: a share of the workbook would be a binary fraction.
        return text(f"{exact((one.value * 100).quantize(Decimal('0.01')))}%", "n")
    return count(int(one.value)) if one.unit == "keluarga" else money(one.value.quantize(Decimal("0.01")))


def _document(run: Run) -> Table:
    printed, right = run.figures[Mode.AS_PRINTED], run.figures[Mode.UNIT_CORRECTED]
    rows = []
    for key, one in printed.items():
        apart = right[key].value - one.value
        change = text("–", "n") if not apart else money(apart.quantize(Decimal("0.01")))
        rows.append(row(text(one.name), text(one.formula), _figure(one), _figure(right[key]), change))
    columns = heads("Angka", "Rumus", f"{_capital(Mode.AS_PRINTED)}#", f"{_capital(Mode.UNIT_CORRECTED)}#", "Selisih#")
    note = f"Rumah tangga rata-rata, survei {run.parameters.survey.month}. Rupiah, kecuali RTM dan bagian. {_RULE}"
    return table("dokumen", "Hitungan Kertas Kebijakan #3", columns, rows, note=note)


def _sweep(run: Run) -> Table:
    columns = [*heads("Parameter", "Rata-rata, sebulan#", "Rata-rata, setahun#")]
    if run.real is not None:
        columns += heads("Keluarga padanan, sebulan#", "Keluarga padanan tanpa tambahan#")
    rows = []
    for place, (point, budget) in enumerate(run.points):
        cells = [text(point.name), *(money((budget * times).quantize(Decimal("0.01"))) for times in (1, MONTHS))]
        if run.real is not None:
            at = run.real.points[place]
            cells += [_paid(run.real, at), _stopped(run.real, at)]
        rows.append(row(*cells))
    note = f"Anggaran bersih {run.names[run.alternative]}, {run.mode.told}. × 1 adalah nilai parameter seperti tertulis."
    if run.real is not None:
        note += " Penduduk miskin dan KPM PKH hanya mengubah kolom rata-rata: keluarga padanan dihitung dari datanya sendiri."
    return table("sapuan", "Sapuan parameter", columns, rows, note=note)


def _paid(real: Real, place: int, times: int = 1) -> Cell:
    total = real.sheet.total(place)
    return money(None if total is None else total * times, covered=total is None)


def _stopped(real: Real, place: int) -> Cell:
    return counted(real.sheet.cells, stopped(place))


def _families(run: Run, real: Real) -> dict[str, Table]:
    cells = real.sheet.cells
    rows = [
        row(text(run.names[key]), text(_capital(mode)), _paid(real, place), _paid(real, place, MONTHS), _stopped(real, place))
        for (mode, key), place in sorted(real.places.items(), key=lambda item: list(run.names).index(item[0][1]))
    ]
    note = (
        f"GKM Rp{rupiah(real.line.food_line or 0)} per orang per bulan, survei {real.line.month}. Orang yang umurnya tidak "
        f"diketahui dihitung dewasa: {counted(cells, AGELESS).text}. Tambahan setiap keluarga dibulatkan ke rupiah. {_RULE}"
    )
    columns = heads("Nilai bantuan", "PKH", "Sebulan#", "Setahun#", "Keluarga tanpa tambahan#")
    told = f"{run.names[run.alternative]}, {run.mode.told}"
    kind_keys = cells.cross("simulasi jenis").keys
    kinds = [row(text(name), counted(cells, kind_keys[key, "n"])) for key, name in KINDS.items()]
    return {
        "keluarga": table("keluarga", "Anggaran bersih keluarga padanan", columns, rows, note=note),
        "kota": _by(real, "kota", f"Menurut kota ({told})", lambda code: real.kota_names.get(code, "Tanpa kota di DKI")),
        "desil": _by(real, "desil", f"Menurut desil terkecil di keluarga ({told})", _desil),
        "jenis": table(
            "jenis",
            "Dari mana keluarga diketahui",
            heads("Sumber", "Keluarga#"),
            kinds,
            foot=[row(text("Semua keluarga"), counted(cells, kind_keys[ALL, "n"]))],
            note="Setiap orang terpilih ada di satu keluarga: kartu keluarganya, bila tidak ada keluarganya di registri lain.",
        ),
    }


def _desil(code: str) -> str:
    return "Tanpa desil" if code == OUTSIDE else f"Desil {code}"


def _by(real: Real, by: str, caption: str, named: Callable[[str], str]) -> Table:
    made = real.sheet

    def line(key: str, name: str) -> Row:
        cells = [counted(made.cells, made.tag_key(by, key, tag)) for tag in (*CLASSES, ALL)]
        cells += [counted(made.cells, made.people_key(by, key, who)) for who in ("dewasa", "anak")]
        cells.append(counted(made.cells, made.stopped_key(by, key)))
        paid = made.money(by, key)
        return row(text(name), *cells, money(paid, covered=paid is None))

    columns = [Column("Kota" if by == "kota" else "Desil")]
    tags = (*(CLASS_NAMES[one] for one in CLASSES), "Semua")
    columns += [Column(name, "n", group="Keluarga menurut bantuan pusat") for name in tags]
    columns += [Column("Dewasa", "n", group="Orang"), Column("Anak", "n", group="Orang")]
    columns += [Column("Keluarga tanpa tambahan", "n"), Column("Sebulan", "n")]
    note = (
        "Jumlah di bawah 5 ditutup, juga sel dan uang yang dapat dipakai menghitungnya kembali: dari rupiah yang tepat orang "
        "dapat menghitung banyaknya keluarga."
    )
    rows = [line(key, named(key)) for key in made.rows[by]]
    return table(by, caption, columns, rows, note=note, foot=[line(ALL, "Semua")])


def _parameters(run: Run) -> Table:
    own, survey = run.parameters, run.parameters.survey
    told = [
        ("Penduduk miskin", f"{rupiah(survey.people)} orang", survey.source),
        ("Anggota RTM", f"{exact(survey.household)} orang", survey.source),
        ("GK", f"Rp{rupiah(survey.line)} per orang per bulan", survey.source),
        ("GKM", f"Rp{rupiah(survey.food_line)} per orang per bulan", survey.source),
        ("KPM PKH", f"{rupiah(own.kpm.value)} keluarga, {exact(own.kpm.poor * 100)}% di antaranya RTM", own.kpm.source),
        ("Nilai PKH", f"Rp{rupiah(own.cash.value)} per {own.cash.per}", own.cash.source),
        ("Nilai BPNT", f"Rp{rupiah(own.food.value)} per {own.food.per}", own.food.source),
        ("RTM yang menerima BPNT", f"{exact(own.food.poor * 100)}%", own.food.source),
        ("KHL pangan", f"Rp{rupiah(own.khl.value)} per pekerja per bulan", own.khl.source),
        ("GKM anak", f"{exact(own.child.part * 100)}% dari orang dewasa", own.child.source),
    ]
    if run.real is not None:
        line = run.real.line
        told.append(("GKM periode", f"Rp{rupiah(line.food_line or 0)} per orang per bulan ({line.month})", line.source))
    rows = [row(*(text(one) for one in line)) for line in told]
    return table("parameter", f"Parameter (simulasi.yaml versi {own.version})", heads("Parameter", "Nilai", "Sumber"), rows)


def picture(run: Run) -> Markup:
    """Gross and net budgets of a month in each alternative, in both modes."""
    rows: list[tuple[str, Decimal | int | None, str]] = []
    for key in (key for key in run.names if key != "komposisi"):
        for name, mode, what in (
            ("kotor", Mode.AS_PRINTED, "kotor"),
            ("bersih, seperti dokumen", Mode.AS_PRINTED, "bersih"),
            ("bersih, satuan dibetulkan", Mode.UNIT_CORRECTED, "bersih"),
        ):
            value = run.figures[mode][f"{key}_{what}_bulan"].value
            rows.append((f"{run.names[key]}: {name}", value, f"Rp{rough(value)}"))
    described = "; ".join(f"{name} {told}" for name, _, told in rows)
    return amounts(rows, "Anggaran Bantuan Reguler sebulan", described, "gambar-anggaran")


def sweep_picture(run: Run) -> Markup | None:
    """The budget of a month at each point of the sweep: of the real families where they were counted, else of the average."""
    if not run.points:
        return None
    rows: list[tuple[str, Decimal | int | None, str]] = []
    for place, (point, budget) in enumerate(run.points):
        value = budget if run.real is None else run.real.sheet.total(run.real.points[place])
        rows.append((point.name, value, Cover.MORE.text if value is None else f"Rp{rough(value)}"))
    whose = "rumah tangga rata-rata" if run.real is None else "keluarga padanan"
    described = f"Dari {rows[0][0]}: {rows[0][2]} sampai {rows[-1][0]}: {rows[-1][2]}"
    return amounts(rows, f"Anggaran bersih sebulan, {whose}", described, "gambar-sapuan")


def frame(run: Run) -> str:
    """What was counted from, in one line."""
    told = f"Survei {run.parameters.survey.month}, simulasi.yaml versi {run.parameters.version}"
    if run.real is None:
        return told
    real = run.real
    published = f"periode {real.periode.label}, revisi {real.revisi}, data yang diterima sampai {day(real.cutoff)}"
    return f"{told}. Keluarga padanan: {published}. Nilai hash terbitan: {fingerprint(real.sha256)}"


def heading(run: Run) -> Heading:
    """What the workbook says of itself."""
    told = "rata-rata" if run.real is None else f"{run.real.periode.label} revisi {run.real.revisi}"
    return Heading(title=TITLE, contents=TITLE, frame=frame(run), told=told, file=BOOK)


def page(run: Run) -> Page:
    """The page with its tables."""
    made = tables(run)
    html = bare_environment().get_template("simulasi.html.j2").render(
        judul_simulasi=TITLE, t=made, salah_satuan=slip(run), dari=frame(run), gambar=picture(run),
        gambar_sapuan=sweep_picture(run), nyata=run.real is not None,
    )  # fmt: skip
    return Page(html, TITLE, "Anggaran menurut Kertas Kebijakan #3", tuple(made.values()))
