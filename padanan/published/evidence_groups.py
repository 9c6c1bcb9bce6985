"""Match rates by group of records, of all lists and of each: what the padanan by evidence measured (`ukuran_bukti`).

Which counts are covered is decided in `cells`; how they stand on the page of the padanan is the page's.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.published.opened import Published

EVERY_LIST = "semua"
"""All lists together; also the group of all records."""


@dataclass(frozen=True)
class Group:
    """One group of a list's records: how many, how many not matched, and the measured rate in percent with its interval."""

    producer: str
    name: str
    records: int
    rate: float
    low: float
    high: float
    warned: bool

    @property
    def failed(self) -> int:
        """Records that are not matched."""
        return round(self.records * (100 - self.rate) / 100)


def record_groups(source: Published) -> tuple[Group, ...]:
    """Every group; none where the revision was published without the padanan by evidence."""
    if not source.has("ukuran_bukti"):
        return ()
    rows = source.rows("select * from ukuran_bukti where jenis = 'kelompok' order by producer, nama")
    return tuple(
        Group(row["producer"], row["nama"], row["n"], row["nilai"], row["bawah"], row["atas"], bool(row["peringatan"]))
        for row in rows
    )
