"""The criteria of the data sasaran and the legal basis of their data in sentences, as report, draft, annex and seal print them.

Reading and checking them is `criteria`'s work.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from padanan.base.format import day as tanggal
from padanan.base.format import listed
from padanan.contracts.criteria import LEVELS, Criteria
from padanan.contracts.planned import PlannedContract

NOT_AGREED = "Kriteria belum disepakati: tidak ada nomor dan tanggal berita acara, jadi dipakai nilai bawaan."
_RULED = {"masuk": "masuk data sasaran", "daftar": "tidak masuk data sasaran dan didaftar tersendiri untuk diputuskan TKPK"}


def sentences(criteria: Criteria, names: Mapping[str, str]) -> list[str]:
    """The criteria in Indonesian, one sentence each.

    Args:
        criteria: those of the run.
        names: contract id -> name.
    """
    paper = criteria.disepakati
    limits = listed([f"{words} sampai desil {criteria.batas_desil.of(level)}" for level, words in LEVELS.items()])
    return [
        f"Kriteria disepakati dengan berita acara nomor {paper.nomor} tanggal {tanggal(paper.tanggal)}." if paper else NOT_AGREED,
        f"Batas desil menurut tingkat: {limits}; data sasaran memuat orang sampai tingkat {LEVELS[criteria.tingkat]}, yaitu "
        f"desil 1 sampai {criteria.limit}.",
        f"Desil diambil berurutan dari {_order(criteria.sumber_desil, names)}. Orang tanpa desil sendiri mewarisi desil "
        "keluarganya di sumber itu, lalu desil kartu keluarganya, bila desil keluarga itu tidak berselisih.",
        f"Domisili diambil berurutan dari {_order(criteria.urutan_domisili, names)}; domisili yang belum diketahui tidak "
        "mengeluarkan orang.",
        "KTP pendatang, yaitu orang yang ditemukan pendataan di DKI Jakarta sedangkan Adminduk mencatatnya di luar, "
        f"{_RULED[criteria.ktp_pendatang]}.",
        f"Orang yang kebutuhannya ditandai daftar kesejahteraan atau program kemiskinan tetapi keluarganya belum berdesil "
        f"{_RULED[criteria.belum_berdesil]}.",
        "Orang dinilai berurutan: " + "; ".join(_lower(item.keterangan) for item in criteria.kriteria) + ".",
    ]


def record(criteria: Criteria, contracts: Sequence[PlannedContract]) -> dict[str, Any]:
    """What a publication and its decree keep of the criteria: the values, their sentences, the legal basis of each source."""
    values = criteria.model_dump(mode="json", exclude={"kriteria"})
    return {
        **values,
        "batas": criteria.limit,
        "kalimat": sentences(criteria, {item.id: item.name for item in contracts}),
        "dasar_hukum": [{"sumber": item.name, "dasar": item.dasar_hukum} for item in contracts if item.deliveries],
    }


def _order(ids: Sequence[str], names: Mapping[str, str]) -> str:
    return ", lalu ".join(names.get(one, one) for one in ids)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
