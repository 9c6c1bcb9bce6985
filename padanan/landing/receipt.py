"""The tanda terima: what a producer is told about a delivery, the same words as page, PDF and JSON.

Counts, places, causes and cures only; no value of a person, no command, and no decision is taken here. How it looks is in
`padanan/pages/receipt.py`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.format import day, fingerprint, listed, number
from padanan.base.format import moment as moment_of
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import Contract, expectations_dir
from padanan.landing.rule_words import rule_words

if TYPE_CHECKING:
    from padanan.pages.receipt import Fault, Paper

NAME = "tanda_terima"
STATUS_TEXT = {
    "diterima": "DITERIMA",
    "ditahan": "DITAHAN: tersimpan, belum dipakai sampai dilepas",
    "karantina": "KARANTINA: tidak dipakai",
    "ditolak": "DITOLAK: isi tidak disimpan",
    "duplikat": "DUPLIKAT: berkas yang sama sudah diterima",
}
OUTCOME_TEXT = {"peringatan": "peringatan", "tahan": "ditahan", "karantina": "karantina", "tolak": "ditolak"}
_LEADS_TO = {
    "peringatan": "peringatan: tidak menghalangi",
    "tahan": "kiriman ditahan karena ini",
    "karantina": "kiriman tidak dipakai karena ini",
    "tolak": "kiriman ditolak karena ini",
}
SET_WORD = " (DITETAPKAN, bukan waktu yang dilihat sistem)"
KEEPER = {
    "ditahan": "Setelah penjelasan produsen diterima, pengelola melepasnya dengan "
    "`padanan release {sha16} --by NAMA --reason TEKS`; selain itu tunggu kiriman koreksi.",
}
"""What the pengelola does with a delivery of that state; a receipt never says it."""
FOOT = "Tanda terima ini memuat hitungan, letak, sebab, dan perbaikan saja: tanpa NIK, nama, atau alamat."
_SHAPE = {
    "bentuk": "bentuk",
    "encoding": "encoding",
    "pemisah": "pemisah",
    "baris_judul": "baris judul",
    "lembar": "lembar",
    "akhir_baris": "akhir baris",
}


@dataclass(frozen=True)
class Receipt:
    """One delivery's outcome.

    Attributes:
        status: diterima, ditahan, karantina, ditolak or duplikat.
        folder: where manifest and receipt lie.
        manifest: everything that `manifest.json` holds.
        paper: the path of the page.
    """

    contract_id: str
    status: str
    sha16: str
    folder: Path
    manifest: dict[str, Any]
    paper: Path

    @property
    def flags(self) -> list[dict[str, Any]]:
        """What is wrong, heaviest first."""
        return list(self.manifest["flags"])

    @property
    def rows_in(self) -> int | None:
        """Rows counted in the source; None when it could not be read."""
        value = self.manifest.get("rows_in")
        return None if value is None else int(value)

    @property
    def rows_on(self) -> int:
        """Rows landed."""
        return int(self.manifest.get("rows_on") or 0)

    @property
    def rows_aside(self) -> dict[str, int]:
        """Rows set aside by reason."""
        return dict(self.manifest.get("rows_aside") or {})

    @property
    def late(self) -> bool:
        """Received after the deadline."""
        return bool(self.manifest.get("late"))

    def line(self) -> str:
        """One line for a terminal."""
        parts = [f"{self.status.upper():9} {self.contract_id}", f"hash {self.sha16}"]
        if self.manifest.get("periode_data"):
            parts.append(f"periode data {self.manifest['periode_data']}")
        if self.rows_in is not None:
            parts.append(
                f"{number(self.rows_in)} masuk = {number(self.rows_on)} diteruskan "
                f"+ {number(sum(self.rows_aside.values()))} disisihkan"
            )
        return " · ".join(parts)


def receipt_page(folder: Path, name: str = NAME) -> Path:
    """The page of a receipt; of one from before receipts were pages, its Markdown."""
    page, older = folder / f"{name}.html", folder / f"{name}.md"
    return older if older.exists() and not page.exists() else page


def paper_of(manifest: Mapping[str, Any], contract: Contract) -> Paper:
    """The receipt of a delivery in words: what became of it, every fault with its place, what to do by when and to whom."""
    from padanan.pages.receipt import BAD, GOOD, Paper

    status = str(manifest["status"])
    return Paper(
        title=f"Tanda terima: {contract.name}",
        verdict=f"{STATUS_TEXT[status].partition(':')[0].capitalize()}: {_verdict(manifest)}",
        tone=BAD if status in ("ditahan", "karantina", "ditolak") or _still_held(manifest) else GOOD,
        steps=tuple(_steps(manifest, contract)),
        faults=tuple(map(_fault, manifest["flags"])),
        counts=tuple(_counts(manifest)),
        facts=tuple(_facts(manifest, contract)),
        foot=FOOT,
    )


def receipt_json(manifest: Mapping[str, Any], paper: Paper) -> str:
    """The machine's copy: the manifest without internal names, and the words of the page."""
    from padanan.pages.receipt import as_json

    hidden = {"per_kelurahan", "key_id", "files"}
    return as_json({**{k: v for k, v in manifest.items() if k not in hidden}, WORDS: paper.said()})


WORDS = "bacaan"
"""Under this name the JSON repeats what the page says."""


def _verdict(manifest: Mapping[str, Any]) -> str:
    file = manifest.get("file") or "berkas ini"
    return {
        "diterima": f"{file} dipakai.",
        "ditahan": f"{file} tersimpan, tetapi belum dipakai.",
        "karantina": f"{file} tidak dipakai; berkas aslinya disimpan terpisah.",
        "ditolak": f"isi {file} tidak disimpan.",
        "duplikat": f"isi {file} sama dengan kiriman yang sudah diterima"
        + (", yang masih ditahan dan belum dipakai." if _still_held(manifest) else "."),
    }[str(manifest["status"])]


def _still_held(manifest: Mapping[str, Any]) -> bool:
    """Whether what came again is a delivery that waits for its release: then what holds it stands among the flags."""
    return manifest["status"] == "duplikat" and any(flag["akibat"] != "peringatan" for flag in manifest["flags"])


def _steps(manifest: Mapping[str, Any], contract: Contract) -> list[str]:
    """What the producer does now, by when, and to whom."""
    status, flags = str(manifest["status"]), manifest["flags"]
    custodian = load_agencies(expectations_dir()).of("walidata")
    to = (
        f"kepada {custodian.nama} ({custodian.singkat})"
        if custodian.singkat not in custodian.nama
        else f"kepada {custodian.nama}"
    )
    again = f"kirim ulang seluruh berkas {to}, dengan cara yang sama seperti kiriman ini, {_until(manifest)}"
    if status == "duplikat" and not _still_held(manifest):
        return [
            "Tidak ada yang perlu dilakukan. Bila ini seharusnya koreksi, periksa apakah berkas yang benar yang terkirim, lalu "
            f"kirim berkas itu {to}."
        ]
    if status == "diterima":
        if not flags:
            return ["Tidak ada yang perlu dilakukan, dan tidak perlu mengirim ulang."]
        return ["Tidak perlu mengirim ulang. Perbaiki yang tercantum di bawah di sumber datanya sebelum kiriman berikutnya."]
    heavy = [flag for flag in flags if flag["akibat"] != "peringatan"]
    which = f"Perbaiki {number(len(heavy))} hal bertanda ■ di bawah" if heavy else "Perbaiki yang tercantum di bawah"
    steps = [f"{which} di sumber datanya, lalu {again}."]
    if status in ("ditahan", "duplikat"):
        steps.append(
            f"Bila isinya memang benar demikian, jelaskan secara tertulis {to} dengan menyebut nomor tanda terima "
            f"{fingerprint(str(manifest.get('sha16') or ''))}; tidak perlu mengirim ulang."
        )
    if len(heavy) < len(flags):
        steps.append("Yang bertanda ▲ tidak menghalangi; perbaiki sekalian.")
    return steps


def _until(manifest: Mapping[str, Any]) -> str:
    due, received = manifest.get("deadline"), str(manifest.get("diterima") or "")[:10]
    if not due:
        return "secepatnya"
    if received and received > str(due):
        return f"secepatnya (tenggat {day(due)} sudah lewat; data yang terlambat dapat tidak ikut ditetapkan)"
    return f"paling lambat {day(due)}"


def _fault(flag: Mapping[str, Any]) -> Fault:
    from padanan.pages.receipt import Fault, Part, sentence

    outcome, details = str(flag["akibat"]), flag.get("rincian", ())
    parts = tuple(Part(one["sebab"], number(one["jumlah"]), one["tempat"]) for one in details)
    # One cause needs no table of causes.
    place = flag["tempat"] if not parts else parts[0].where if len(parts) == 1 else None
    return Fault(
        rule=rule_words(str(flag["rule_id"])),
        outcome=_LEADS_TO[outcome],
        # Behind the colon stand the causes with their first rows, for a line on a terminal.
        cause=sentence(str(flag["pesan"]).partition(": ")[0] if len(parts) > 1 else flag["pesan"]),
        cure=sentence(flag["perbaikan"]),
        place=sentence(place, stop=""),
        parts=parts if len(parts) > 1 else (),
        heavy=outcome != "peringatan",
    )


def _counts(manifest: Mapping[str, Any]) -> list[tuple[str, str]]:
    if manifest.get("rows_in") is None:
        return []
    aside = manifest.get("rows_aside") or {}
    if manifest.get("rows_on") is None:
        return [("Baris di berkas", number(manifest["rows_in"]))]
    return [
        ("Baris di berkas", number(manifest["rows_in"])),
        (
            "Terbaca, menunggu dilepas"
            if manifest["status"] == "ditahan" or _still_held(manifest)
            else "Diteruskan ke pemadanan",
            number(manifest["rows_on"]),
        ),
        ("Disisihkan: tidak terbaca", number(aside.get("tidak_terbaca", 0))),
        ("Disisihkan: bukan rekaman", number(aside.get("bukan_rekaman", 0))),
        ("Disisihkan: kembar", number(aside.get("baris_kembar", 0))),
    ]


def _facts(manifest: Mapping[str, Any], contract: Contract) -> list[tuple[str, str]]:
    due, shape, control = manifest.get("deadline"), manifest.get("facts") or {}, manifest.get("control") or {}
    said = {
        "Produsen": contract.owner,
        "Berkas": manifest.get("file"),
        "Periode data": manifest.get("periode_data"),
        "Bagian": manifest.get("bagian"),
        "Nomor surat": manifest.get("nomor_surat"),
        "Diterima": moment_of(manifest.get("diterima")) + (SET_WORD if manifest.get("diterima_oleh") == "ditetapkan" else ""),
        "Diterima menurut surat": moment_of(manifest.get("diterima_surat")),
        "Tenggat": due and day(due) + (" (TERLAMBAT)" if manifest.get("late") else ""),
        "Bentuk": ", ".join(f"{name} {_fact(shape[key])}" for key, name in _SHAPE.items() if shape.get(key) not in (None, "")),
        "Hitungan kendali": ", ".join(f"{name.replace('_', ' ')} {number(value)}" for name, value in control.items() if value),
        "Ukuran": f"{number(manifest.get('size') or 0)} bita",
        "Nomor tanda terima": manifest.get("sha16") and fingerprint(str(manifest["sha16"])),
        "Nilai hash (SHA-256)": manifest.get("sha256") and fingerprint(str(manifest["sha256"])),
    }
    return [(name, str(value)) for name, value in said.items() if value]


def flag_table(flags: Sequence[Mapping[str, Any]], *, places: bool = True) -> list[str]:
    """Lines of a Markdown table for the pengelola: rule, outcome, place, cause, cure, what is his to do.

    Args:
        places: without them nothing of a file's name is left, which a place may repeat.
    """
    head = ["aturan", "akibat", *(["tempat"] if places else []), "sebab", "perbaikan"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for flag in flags:
        place = [_cell(flag["tempat"]) or "-"] if places else []
        cure = "; ".join(filter(None, (_cell(flag["perbaikan"]), _cell(flag.get("pengelola")))))
        cells = [flag["rule_id"], OUTCOME_TEXT[flag["akibat"]], *place, _cell(flag["pesan"]), cure]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _fact(value: Any) -> str:
    if isinstance(value, list):
        return listed([str(one) for one in value])
    return "TAB" if value == "\t" else str(value)


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split()).replace("|", "\\|")
