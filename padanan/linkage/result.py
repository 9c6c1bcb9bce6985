"""What a linkage run hands back: pairs with their parts in bits, a status per record, model, thresholds and measures.

Texts for readers belong to `explain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from padanan.linkage.model import Model
from padanan.linkage.threshold import Thresholds

TAUGHT, TAUGHT_NOT = (f"petugas selalu menjawab {word} pada pasangan yang polanya sama" for word in ("padan", "bukan"))
"""Why a record is settled that no person looked at: answers about pairs alike (`lessons`)."""
AUTOMATIC, POSSIBLE, REJECTED = "padan_bukti", "mungkin_padan", "tidak_padan"


@dataclass(frozen=True)
class LinkResult:
    """Result of one list against the register.

    Attributes:
        records: one row per record of the list that step 1 left over: record_key, entity_key, status, register_key (NULL
            unless automatic), calon_key (best candidate), bobot (bits), peluang, alasan.
        pairs: kept pairs, at most `keep_per_record` of each record: keys, status, bobot, peluang, menyelesaikan (other pairs
            that a person's answer is expected to settle, `lessons`), kunci (bitmask of
            `blocking.LABELS`), pola (packed levels), pembanding (rival class), kerabat (level of `household.LEVELS`), penanda
            (bits of `doubt.MARKS`) and one bits column per part, which add up to bobot exactly (hundredths of a bit).
        model: the fitted model. thresholds: in hundredths of a bit.
        measures: counts, completeness and reduction ratio, expected precision and recall, seconds.
        notes: for the reader, in Indonesian.
        calibration: rows of `heldout.calibration`. clerical: counts of `heldout.clerical`.
    """

    records: pa.Table
    pairs: pa.Table
    model: Model
    thresholds: Thresholds
    measures: Mapping[str, Any]
    notes: tuple[str, ...] = ()
    plug_in_labels: tuple[str, ...] = ()
    digests: Mapping[str, str] = field(default_factory=dict)
    calibration: tuple[Mapping[str, Any], ...] = ()
    clerical: Mapping[str, Any] = field(default_factory=dict)

    @property
    def links(self) -> pa.Table:
        """The automatic links: record_key, entity_key, register_key, bobot, peluang."""
        import pyarrow.compute as pc

        kept = self.records.filter(pc.equal(self.records.column("status"), AUTOMATIC))
        return kept.select(["record_key", "entity_key", "register_key", "bobot", "peluang"])
