"""What a decision wishes to waive, made into the waivers of the log: one penghalang, a rule in all kota, or all catatan kecil.

Which penghalang a revision has is counted in `published.blockers`; who decides, and with what paper, is asked in `actions`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from padanan.published.blockers import Judged, Key, key_of
from padanan.published.facts import KotaCount
from padanan.records.decided import worded_reason
from padanan.records.refusal import Refusal
from padanan.records.steps import EVERYWHERE, MINORS

NO_ADDRESS = "tanpa_alamat"
# So often may one text stand as the reason of single penghalang; whoever means more of them says so once, for a group.
SAME_TEXT = 5


@dataclass(frozen=True)
class Waiver:
    """The wish to let one penghalang or a group of them pass; `row` is its place in the form that brought it.

    `kota` is `EVERYWHERE` for all penghalang of a rule at a producer; `rule` is `MINORS` for its catatan kecil.
    """

    producer: str
    rule: str
    kota: str
    reason: str
    row: int = 0


def described(item: KotaCount, judged: Judged) -> str:
    """A penghalang in words a waiver can repeat: producer, rule, kota; one with a covered count is waived with its rule."""
    return f"{item.producer} {item.rule.id} {EVERYWHERE if judged.hidden(item) else item.kota or NO_ADDRESS}"


def waived_items(
    wishes: Sequence[Waiver], judged: Judged, before: Mapping[Key, Mapping[str, Any]], *, period: str
) -> list[dict[str, Any]]:
    """The items of a waiver's record, one a penghalang or catatan kecil; those of a group carry its name as `kelompok`.

    Args:
        before: what earlier records of the revision waived.
        period: the period's label, for the command that a refusal names.

    Raises:
        Refusal: nothing of the kind is there, it is waived already, the reason is none, or one text stands for too many.
    """
    items: dict[Key, dict[str, Any]] = {}
    used = Counter(_text(str(item["alasan"])) for item in before.values() if not item.get("kelompok"))
    meant = [(wish, *_meant(wish, judged, period)) for wish in wishes]
    # Groups first: who drags "ya" down the whole column says of a group's members what was said of the group.
    for wish, group, found in sorted(meant, key=lambda one: not one[1]):
        fresh = [item for item in found if key_of(item) not in before and (not group or key_of(item) not in items)]
        known = items.get(key_of(found[0])) if not group else None
        if not fresh or (known is not None and not known.get("kelompok")):
            raise Refusal(
                f"{_name(wish)} sudah dikecualikan",
                field=f"pengecualian.{wish.row}.kecualikan",
                cure="hapus pengecualian kembar itu",
            )
        reason = _reason(wish)
        if known is not None and _text(reason) == _text(str(known["alasan"])):
            continue
        if not group:
            used[_text(reason)] += 1
            if used[_text(reason)] > SAME_TEXT:
                raise Refusal(
                    f"alasan yang sama dipakai untuk lebih dari {SAME_TEXT} penghalang",
                    field=f"pengecualian.{wish.row}.alasan",
                    cure=f"kecualikan sebagai kelompok (kota '{EVERYWHERE}', atau aturan '{MINORS}'), "
                    "atau tulis alasan masing-masing",
                )
        items |= {key_of(item): _item(item, reason, group) for item in fresh}
    return list(items.values())


def _reason(wish: Waiver) -> str:
    field = f"pengecualian.{wish.row}.alasan"
    if not wish.reason.strip():
        raise Refusal(f"pengecualian {_name(wish)} tanpa alasan", field=field, cure="tulis alasannya")
    return worded_reason(wish.reason, field=field)


def _meant(wish: Waiver, judged: Judged, period: str) -> tuple[str, list[KotaCount]]:
    """The group's name (empty for a single one) and what the wish is about.

    Raises:
        Refusal: the revision has no such penghalang.
    """
    producer, rule, kota = wish.producer.strip(), wish.rule.strip(), wish.kota.strip()
    kota = "" if kota == NO_ADDRESS else kota
    group = MINORS if rule == MINORS else EVERYWHERE if kota == EVERYWHERE else ""
    if group == MINORS:
        found = [item for item in judged.minors if item.producer == producer] if kota in ("", EVERYWHERE) else []
    else:
        found = [
            item
            for item in (judged.found if group else judged.every)
            if item.producer == producer and item.rule.id == rule and (group or item.kota == kota)
        ]
    if not found:
        raise Refusal(
            f"{producer[:40]} {rule[:60]} {kota[:20] or NO_ADDRESS} bukan penghalang revisi ini",
            field=f"pengecualian.{wish.row}.kecualikan",
            cure=f"lihat penghalangnya dengan 'padanan review show --periode {period}'",
        )
    return group, found


def _item(item: KotaCount, reason: str, group: str) -> dict[str, Any]:
    return {
        "producer": item.producer,
        "aturan": item.rule.id,
        "kota": item.kota,
        "gagal": item.gagal,
        "total": item.total,
        "orang": item.orang,
        "ambang": item.rule.threshold,
        "alasan": reason,
        **({"kelompok": group} if group else {}),
    }


def _name(wish: Waiver) -> str:
    return f"{wish.producer.strip()[:40]} {wish.rule.strip()[:60]} {wish.kota.strip()[:20] or NO_ADDRESS}"


def _text(reason: str) -> str:
    """A reason as it is compared: case and punctuation make no other reason."""
    return " ".join("".join(sign if sign.isalnum() else " " for sign in reason.casefold()).split())
