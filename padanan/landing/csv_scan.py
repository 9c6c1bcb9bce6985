"""Where records begin and end in delimited text, line by line, and which of them can't be read.

It splits and counts, vectorised over bytes; turning a record into columns belongs to `csv_reader`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

LF, CR = 10, 13
# A quoted field may run over this many lines; beyond it the opening quote is taken for a stray one.
SPAN_LINES = 200
SPAN_BYTES = 1 << 20
# With fewer columns two whole rows can't be told from one row whose field holds a newline and separators.
SWALLOW_COLUMNS = 5

Bytes = npt.NDArray[np.uint8]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass
class Scan:
    """One block, split.

    Attributes:
        good: byte mask of the records that read into `width` columns; None when all do.
        lines: source line (0-based within the block) of each good record.
        rejects: (line, number of lines, reason) of each unreadable record.
        blank: lines that hold nothing, or separators alone.
        continuation: lines that continue a quoted field of a good record.
        multiline: some good record spans lines.
        consumed: bytes used; the rest belongs to the next block.
        consumed_lines: lines used.
        longest: bytes of the longest good record.
    """

    good: Bools | None
    lines: Ints
    rejects: list[tuple[int, int, str]]
    blank: int
    continuation: int
    multiline: bool
    consumed: int
    consumed_lines: int
    longest: int
    starts: Ints
    ends: Ints


def scan(
    block: Bytes, separator: int, quote: int | None, width: int, final: bool, *, lone_cr: bool = True, nul: bool = True
) -> Scan:
    """Splits a block that begins at a record's start.

    RFC 4180, with two things that real offices send: a quote inside an unquoted field is text, and a quote that
    opens a field and is never closed spoils its own line only, not the rest of the file.

    Args:
        block: the bytes; all of them end in this block when `final`.
        separator, quote: one byte each; no quoting when `quote` is None.
        width: columns of the header.
        final: no bytes follow.
        lone_cr, nul: whether the file holds a CR without LF, or a NUL byte (known from counting; saves a pass).
    """
    ends = _line_ends(block, lone_cr)
    if not final:
        if len(ends) and ends[-1] == len(block) - 1 and block[-1] == CR:
            ends = ends[:-1]  # its LF may come with the next block
        block = block[: int(ends[-1]) + 1] if len(ends) else block[:0]
    elif len(block) and (not len(ends) or ends[-1] != len(block) - 1):
        ends = np.append(ends, len(block))
    if not len(ends):
        empty = np.zeros(0, np.int64)
        return Scan(np.zeros(0, np.bool_), empty, [], 0, 0, False, 0, 0, 0, empty, empty)
    starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    seps = np.flatnonzero(block == separator)
    line_seps = np.diff(np.searchsorted(seps, ends), prepend=0)
    # Length without the line end: a CR before the LF is part of the end.
    text_ends = ends - ((ends > starts) & (block[np.maximum(ends - 1, 0)] == CR) & _is(block, ends, LF))
    blank = (text_ends - starts) == line_seps
    quotes = np.flatnonzero(block == quote) if quote is not None else np.zeros(0, np.int64)
    zeros = np.flatnonzero(block == 0) if nul else np.zeros(0, np.int64)
    if not len(quotes):
        first, span, fields = np.arange(len(ends)), np.ones(len(ends), np.int64), line_seps + 1
        reasons: dict[int, str] = {}
        keep_lines = len(ends)
    else:
        strict = _strict(block, ends, seps, line_seps, quotes, separator, width, final, blank)
        if strict is None:
            strict = _tolerant(block, starts, text_ends, ends, line_seps, quotes, separator, width, final)
        first, span, fields, reasons, keep_lines = strict
    return _finish(block, starts, ends, blank, zeros, first, span, fields, reasons, keep_lines, width)


def _line_ends(block: Bytes, lone_cr: bool) -> Ints:
    """Positions of the last byte of each line end: LF, or a CR that no LF follows."""
    ends = np.flatnonzero(block == LF)
    returns = np.flatnonzero(block == CR) if lone_cr else np.zeros(0, np.int64)
    if len(returns):
        following = np.minimum(returns + 1, len(block) - 1)
        lone = returns[(block[following] != LF) | (returns == len(block) - 1)]
        if len(lone):
            ends = np.sort(np.concatenate((ends, lone)))
    return ends


def _is(block: Bytes, positions: Ints, value: int) -> Bools:
    """Whether a byte is `value`; positions beyond the block are not."""
    inside = positions < len(block)
    return np.asarray(inside & (block[np.minimum(positions, len(block) - 1)] == value))


Records = tuple[Ints, Ints, Ints, dict[int, str], int]


def _strict(
    block: Bytes, ends: Ints, seps: Ints, line_seps: Ints, quotes: Ints, separator: int, width: int, final: bool, blank: Bools
) -> Records | None:
    """RFC 4180 by parity of quotes over the whole block, or None as soon as one quote stands where it can't."""
    opening, closing = quotes[0::2], quotes[1::2]
    before = block[np.maximum(opening - 1, 0)]
    ok_open = (opening == 0) | (before == separator) | (before == LF) | (before == CR)
    ok_open[1:] |= opening[1:] - 1 == closing[: len(opening) - 1]
    after_at = closing + 1
    after = block[np.minimum(after_at, len(block) - 1)]
    ok_close = (after_at >= len(block)) | (after == separator) | (after == LF) | (after == CR)
    ok_close[: len(opening) - 1] |= after_at[: len(opening) - 1] == opening[1:]
    if not (ok_open.all() and ok_close.all()):
        return None
    outside = np.searchsorted(quotes, ends) % 2 == 0
    if not outside.any():
        return None if final or len(block) > SPAN_BYTES else _nothing()
    last = int(np.flatnonzero(outside)[-1])
    if last != len(ends) - 1 and (final or len(block) - int(ends[last]) > SPAN_BYTES):
        return None
    record_end = np.flatnonzero(outside)
    first = np.concatenate((np.zeros(1, np.int64), record_end[:-1] + 1))
    span = record_end - first + 1
    inner = np.searchsorted(quotes, seps) % 2 == 0
    outer = seps[inner]
    fields = np.diff(np.searchsorted(outer, ends[record_end]), prepend=0) + 1
    many = np.flatnonzero(span > 1)
    if len(many):
        if (fields[many] != width).any() or (span[many] > SPAN_LINES).any():
            return None
        if width >= SWALLOW_COLUMNS:
            whole = np.concatenate((np.zeros(1, np.int64), np.cumsum(line_seps == width - 1)))
            if ((whole[record_end[many] + 1] - whole[first[many]]) == span[many]).any():
                return None
    return first, span, fields, {}, last + 1


def _nothing() -> Records:
    empty = np.zeros(0, np.int64)
    return empty, empty, empty, {}, 0


def _tolerant(
    block: Bytes,
    starts: Ints,
    text_ends: Ints,
    ends: Ints,
    line_seps: Ints,
    quotes: Ints,
    separator: int,
    width: int,
    final: bool,
) -> Records:
    """Line by line: most lines are classed at once, only those with a quote that opens a field and misfits are walked."""
    quote = int(block[quotes[0]])
    line = np.searchsorted(ends, quotes)
    base = np.searchsorted(quotes, starts)
    inline = np.arange(len(quotes)) - base[line]
    count = np.diff(np.searchsorted(quotes, ends), prepend=0)
    at_start = (quotes == starts[line]) | (block[np.maximum(quotes - 1, 0)] == separator)
    at_end = (quotes + 1 == text_ends[line]) | _is(block, quotes + 1, separator) | (quotes + 1 >= len(block))
    same_before = np.concatenate((np.zeros(1, np.bool_), (np.diff(quotes) == 1) & (line[1:] == line[:-1])))
    same_after = np.concatenate((same_before[1:], np.zeros(1, np.bool_)))
    misfit = np.where(inline % 2 == 0, ~(at_start | same_before), ~(at_end | same_after))
    lines = len(ends)
    misfits = np.bincount(line[misfit], minlength=lines)
    openers = np.bincount(line[at_start], minlength=lines)
    regular = (misfits == 0) & (count % 2 == 0)
    literal = openers == 0
    fields = line_seps + 1
    some = np.flatnonzero(regular & (count > 0))
    if len(some):
        seps = np.flatnonzero(block == separator)
        sep_line = np.searchsorted(ends, seps)
        before = np.searchsorted(quotes, seps) - base[sep_line]
        outer = np.bincount(sep_line[before % 2 == 0], minlength=lines) + 1
        fields = np.where(regular & (count > 0) & ~literal, outer, fields)
    walk = np.flatnonzero(~(regular | literal))
    first_mask = np.ones(lines, np.bool_)
    span = np.ones(lines, np.int64)
    reasons: dict[int, str] = {}
    keep, beyond = lines, 0
    raw = block.tobytes() if len(walk) else b""
    for index in walk.tolist():
        if index < beyond:
            continue
        used, found = _walk(raw, starts, text_ends, ends, index, separator, quote, width)
        if used < 0:
            if not final and len(raw) - int(starts[index]) < SPAN_BYTES:
                keep = index
                break
            reasons[index] = "kutip_tidak_tertutup"
            continue
        whole = bool((line_seps[index : index + used] == width - 1).all())
        if found is None or (used > 1 and (found != width or (width >= SWALLOW_COLUMNS and whole))):
            reasons[index] = "kutip_tidak_tertutup"
            continue
        fields[index] = found
        span[index] = used
        first_mask[index + 1 : index + used] = False
        beyond = index + used
    first = np.flatnonzero(first_mask)
    first = first[first < keep]
    return first, span[first], fields[first], reasons, keep


def _walk(
    raw: bytes, starts: Ints, text_ends: Ints, ends: Ints, index: int, separator: int, quote: int, width: int
) -> tuple[int, int | None]:
    """Reads one record field by field from line `index`.

    Returns:
        (lines used, fields), (1, None) when text follows a closing quote, (-1, None) when the quote isn't closed
        within this block or the span limit.
    """
    position, line, fields = int(starts[index]), index, 1
    limit = min(index + SPAN_LINES, len(ends)) - 1
    mark = bytes((quote,))
    while True:
        end = int(text_ends[line])
        if position < end and raw[position] == quote:
            position += 1
            while True:
                close = raw.find(mark, position, int(text_ends[limit]))
                if close < 0 or close - int(starts[index]) > SPAN_BYTES:
                    return (-1, None) if limit == len(ends) - 1 else (1, None)
                if close + 1 < len(raw) and raw[close + 1] == quote:
                    position = close + 2
                    continue
                position = close + 1
                break
            while int(ends[line]) < close:
                line += 1
            end = int(text_ends[line])
            if position >= end:
                return line - index + 1, fields
            if raw[position] != separator:
                return 1, None
        else:
            found = raw.find(bytes((separator,)), position, end)
            if found < 0:
                return line - index + 1, fields
            position = found
        position += 1
        fields += 1
        if fields > width + 1000:
            return 1, None


def _finish(
    block: Bytes,
    starts: Ints,
    ends: Ints,
    blank: Bools,
    nul: Ints,
    first: Ints,
    span: Ints,
    fields: Ints,
    reasons: dict[int, str],
    keep: int,
    width: int,
) -> Scan:
    empty_line = blank[first] & (span == 1)
    good = (fields == width) & ~empty_line
    if reasons:
        good &= ~np.isin(first, np.fromiter(reasons, np.int64))
    has_nul = np.zeros(len(first), np.bool_)
    if len(nul):
        touched = np.searchsorted(ends, nul)
        holder = np.searchsorted(first, touched, side="right") - 1
        holder = holder[(holder >= 0) & (touched < keep)]
        has_nul[holder] = True
        good &= ~has_nul
        empty_line &= ~has_nul
    bad = np.flatnonzero(~good & ~empty_line)
    rejects = [
        (
            int(first[record]),
            int(span[record]),
            "karakter_nul"
            if has_nul[record]
            else reasons.get(int(first[record])) or f"jumlah_kolom {int(fields[record])}, seharusnya {width}",
        )
        for record in bad.tolist()
    ]
    record_starts = starts[first]
    record_ends = np.minimum(ends[first + span - 1] + 1, len(block)) if len(first) else first
    lengths = record_ends - record_starts
    consumed = min(int(ends[keep - 1]) + 1, len(block)) if keep else 0
    return Scan(
        good=None if good.all() else np.repeat(good, lengths),
        lines=first[good],
        rejects=rejects,
        blank=int(empty_line.sum()),
        continuation=int((span[good] - 1).sum()),
        multiline=bool((span[good] > 1).any()),
        consumed=consumed,
        consumed_lines=keep,
        longest=int(lengths[good].max()) if good.any() else 0,
        starts=starts,
        ends=ends,
    )
