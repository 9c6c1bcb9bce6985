"""The register of datasets (`docs/register-data.md`), written from the contracts and from nothing else.

What a contract may say is decided in `contract`; who may read a dataset is a grant and belongs to distribution.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from padanan.base.markdown import md_table
from padanan.base.period import MONTHS
from padanan.contracts.contract import Column, Contract
from padanan.contracts.contract_file import CLASSIFICATIONS

HEAD = """# Register data

Daftar kegiatan pemrosesan data pribadi pada pemadanan (UU 27/2022 pasal 31; Perpres 39/2019). Berkas ini dibuat dari
`expectations/contracts/` oleh `padanan contracts render`; jangan disunting. Tanda [U]: belum diperiksa pada naskahnya.

Klasifikasi: **umum**; **pribadi**, menunjuk orang; **spesifik**, data anak, disabilitas, kesehatan dan keuangan.
"""


def render_register(contracts: Mapping[str, Contract]) -> str:
    """The whole register in Markdown, in Indonesian.

    Args:
        contracts: as `load_contracts` returns them.

    Returns:
        A summary table with one row per dataset, then one section per dataset with every agreed column.
    """
    ordered = [contracts[contract_id] for contract_id in sorted(contracts)]
    summary = _joined(
        ("kumpulan data", "produsen", "satuan", "jenis", "berlaku", "irama", "simpan", *CLASSIFICATIONS),
        (
            (
                f"[`{item.id}`](#{item.id})",
                item.owner,
                item.unit,
                item.kind,
                _in_force(item),
                item.cadence,
                item.retention,
                *(str(count) for count in _classified(item)),
            )
            for item in ordered
        ),
    )
    return "\n".join([HEAD, summary, *(_section(item) for item in ordered)])


def _section(item: Contract) -> str:
    facts = [
        f"- **Tujuan:** {item.description}",
        f"- **Dasar hukum:** {item.legal_basis}",
        f"- **Produsen:** {item.owner}; irama {item.cadence}, usia terbesar data pengganti {item.greatest_age} bulan; "
        f"tenggat {_deadline(item)}",
        f"- **Versi kontrak:** {item.version}; berlaku {_in_force(item)}; bentuk {_form(item)}",
        f"- **Masa simpan kiriman mentah:** {item.retention}",
        f"- **Pemeriksaan:** {len(item.rules)} aturan",
    ]
    if item.kind == "program":
        facts.append(f"- **Program:** {_program(item)}")
    columns = _joined(
        ("kolom", "nama di kiriman", "tipe", "klasifikasi", "daftar kode (sistem)", "definisi"),
        (
            (
                f"`{column.name}`" + ("*" if column.required else ""),
                column.source,
                column.type,
                column.classification,
                _codes(column),
                column.definition,
            )
            for column in item.columns
        ),
    )
    return "\n".join(
        ["", f'<a id="{item.id}"></a>', "", f"## {item.name}", "", *facts, "", columns, "", "\\* wajib ada pada kiriman."]
    )


def _classified(item: Contract) -> tuple[int, ...]:
    counts = Counter(column.classification for column in item.columns)
    return tuple(counts[name] for name in CLASSIFICATIONS)


def _codes(column: Column) -> str:
    if column.code_list:
        return f"{column.code_list} ({column.code_system})"
    return f"({column.code_system})" if column.code_system else "–"


def _deadline(item: Contract) -> str:
    months = int(item.deadline.get("bulanSebelumPenetapan", 0))
    return f"{months} bulan sebelum penetapan" if months else "hari penetapan"


def _form(item: Contract) -> str:
    kinds = item.form.get("jenis", "")
    return ", ".join(kinds) if isinstance(kinds, list) else str(kinds)


def _in_force(item: Contract) -> str:
    since = f"sejak {_day(item.in_force_from)}"
    return f"{since} sampai {_day(item.in_force_to)}" if item.in_force_to else since


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _program(item: Contract) -> str:
    limit = int(item.program["nominalMaks"])
    money = f"paling banyak Rp{limit:,}".replace(",", ".") + " per baris" if limit else "tanpa uang"
    others = item.program.get("tidakBersama") or []
    apart = "tidak boleh bersama " + ", ".join(f"`{name}`" for name in others) if others else "tidak ada larangan rangkap"
    return f"{item.program.get('asal', 'daerah')}; {item.program['mulai']} sampai {item.program['akhir']}; {money}; {apart}"


def _joined(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    return "\n".join(md_table(head, rows))
