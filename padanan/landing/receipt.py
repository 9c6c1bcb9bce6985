"""The tanda terima: what a producer is told about a delivery, as Markdown and JSON.

Counts, places, causes and cures only; no value of a person, and no decision is taken here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STATUS_TEXT = {
    "diterima": "DITERIMA",
    "ditahan": "DITAHAN: tersimpan, belum dipakai sampai dilepas",
    "karantina": "KARANTINA: tidak dipakai",
    "ditolak": "DITOLAK: isi tidak disimpan",
    "duplikat": "DUPLIKAT: berkas yang sama sudah diterima",
}
OUTCOME_TEXT = {"peringatan": "peringatan", "tahan": "ditahan", "karantina": "karantina", "tolak": "ditolak"}
SET_WORD = " (DITETAPKAN, bukan waktu yang dilihat sistem)"
NEXT = {
    "diterima": "Tidak perlu mengirim ulang. Perbaiki yang tercantum di atas pada kiriman berikutnya.",
    "ditahan": "Jelaskan atau perbaiki butir 'ditahan'. Pengelola melepasnya dengan "
    "`padanan release {sha16} --by NAMA --reason TEKS`, atau kirim ulang berkas yang benar.",
    "karantina": "Perbaiki butir di atas lalu kirim ulang. Berkas asli disimpan di karantina.",
    "ditolak": "Penuhi syarat di atas lalu kirim ulang. Berkas ini tidak disalin.",
    "duplikat": "Tidak ada yang perlu dilakukan. Bila ini seharusnya koreksi, periksa apakah berkas yang benar yang terkirim.",
}


@dataclass(frozen=True)
class Receipt:
    """One delivery's outcome.

    Attributes:
        status: diterima, ditahan, karantina, ditolak or duplikat.
        folder: where manifest and receipt lie.
        manifest: everything that `manifest.json` holds.
        markdown: the path of tanda_terima.md.
    """

    contract_id: str
    status: str
    sha16: str
    folder: Path
    manifest: dict[str, Any]
    markdown: Path

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
                f"{_number(self.rows_in)} masuk = {_number(self.rows_on)} diteruskan "
                f"+ {_number(sum(self.rows_aside.values()))} disisihkan"
            )
        return " · ".join(parts)


def receipt_json(manifest: dict[str, Any]) -> str:
    """The machine-readable receipt: the manifest without internal names."""
    hidden = {"per_kelurahan", "key_id"}
    return json.dumps({k: v for k, v in manifest.items() if k not in hidden}, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def receipt_markdown(manifest: dict[str, Any], title: str) -> str:
    """The receipt a person reads."""
    aside = manifest.get("rows_aside") or {}
    facts = manifest.get("facts") or {}
    lines = [
        f"# Tanda terima: {title}",
        "",
        f"**{STATUS_TEXT[manifest['status']]}**",
        "",
        "| butir | isi |",
        "|---|---|",
        f"| berkas | {_cell(manifest.get('file'))} |",
        f"| nilai hash (SHA-256) | {manifest.get('sha256') or '-'} |",
        f"| ukuran | {_number(manifest.get('size') or 0)} bita |",
        f"| periode data | {manifest.get('periode_data') or '-'} |",
        f"| bagian | {_cell(manifest.get('bagian')) or '-'} |",
        f"| diterima | {manifest.get('diterima') or '-'}{SET_WORD if manifest.get('diterima_oleh') == 'ditetapkan' else ''} |",
        *([f"| diterima menurut surat | {manifest['diterima_surat']} |"] if manifest.get("diterima_surat") else []),
        f"| tenggat | {manifest.get('deadline') or '-'}{' (TERLAMBAT)' if manifest.get('late') else ''} |",
        f"| nomor surat | {_cell(manifest.get('nomor_surat')) or '-'} |",
    ]
    if facts:
        shown = {
            "bentuk": "bentuk",
            "encoding": "encoding",
            "pemisah": "pemisah",
            "baris_judul": "baris judul",
            "lembar": "lembar",
            "akhir_baris": "akhir baris",
        }
        text = ", ".join(f"{label} {_fact(facts[key])}" for key, label in shown.items() if facts.get(key) not in (None, ""))
        lines.append(f"| bentuk | {_cell(text)} |")
    if manifest.get("rows_in") is not None:
        lines += [
            "",
            "## Hitungan baris",
            "",
            "| masuk | diteruskan | disisihkan: tidak terbaca | disisihkan: bukan rekaman | disisihkan: kembar |",
            "|---:|---:|---:|---:|---:|",
            f"| {_number(manifest['rows_in'])} | {_number(manifest.get('rows_on') or 0)} "
            f"| {_number(aside.get('tidak_terbaca', 0))} | {_number(aside.get('bukan_rekaman', 0))} "
            f"| {_number(aside.get('baris_kembar', 0))} |",
        ]
    if manifest.get("control"):
        lines += [
            "",
            "Hitungan kendali: "
            + ", ".join(f"{name.replace('_', ' ')} {_number(value)}" for name, value in manifest["control"].items())
            + ".",
        ]
    lines += ["", "## Yang perlu diperhatikan", ""]
    if manifest["flags"]:
        lines += flag_table(manifest["flags"])
    else:
        lines.append("Tidak ada.")
    lines += ["", "## Langkah berikutnya", "", NEXT[manifest["status"]].format(sha16=manifest.get("sha16") or ""), ""]
    return "\n".join(lines)


def flag_table(flags: Sequence[Mapping[str, Any]], *, places: bool = True) -> list[str]:
    """Lines of a Markdown table: rule, outcome, place, cause, cure.

    Args:
        places: without them nothing of a file's name is left, which a place may repeat.
    """
    head = ["aturan", "akibat", *(["tempat"] if places else []), "sebab", "perbaikan"]
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    for flag in flags:
        place = [_cell(flag["tempat"]) or "-"] if places else []
        cells = [flag["rule_id"], OUTCOME_TEXT[flag["akibat"]], *place, _cell(flag["pesan"]), _cell(flag["perbaikan"])]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _number(value: Any) -> str:
    return f"{int(value):,}".replace(",", ".")


def _fact(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "TAB" if value == "\t" else str(value)


def _cell(value: Any) -> str:
    return "" if value is None else " ".join(str(value).split()).replace("|", "\\|")
