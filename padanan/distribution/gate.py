"""What one call may read: grants and a request compiled into one SQL condition and an explicit list of columns.

Everything unknown fails closed; no grant looks like nothing there. Reading the rows is `reading`'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from padanan.distribution.catalogue import Catalogue, disability_programs, programs
from padanan.distribution.columns import column_sql
from padanan.distribution.dashboard.names import place_names
from padanan.distribution.grants import Grant
from padanan.distribution.prelist import ACTORS, SERVICE, verifiers
from padanan.distribution.terms import WILAYAH, Service

# By the length of a code: DKI, kota, kecamatan, kelurahan.
_PLACES = {5: "kode_kota", 8: "kode_kecamatan", 13: "kode_kelurahan"}


class Refused(Exception):
    """A call that is not answered.

    Args:
        status: of HTTP.
        code: the stable code of the problem.
        detail: in Indonesian, without any value of a person.
    """

    def __init__(self, status: int, code: str, detail: str) -> None:
        self.status, self.code, self.detail = status, code, detail
        super().__init__(code)


def nothing_there() -> Refused:
    """What is said of something that is not there, and of something that this client has no grant for."""
    return Refused(404, "tidak-ditemukan", "Data itu tidak ada, atau tidak ada hibah yang berlaku untuknya.")


@dataclass(frozen=True)
class Ask:
    """What a client asks: the filters are all `and`; no columns means all of the grant's."""

    service: Service
    purpose: str | None
    grant: str | None = None
    columns: tuple[str, ...] | None = None
    wilayah: str | None = None
    program: str | None = None
    desil: tuple[int, ...] = ()


@dataclass(frozen=True)
class Permission:
    """What is let through.

    Attributes:
        columns: name -> SQL expression over the prepared table, in the catalogue's order.
        where, parameters: one condition, its values as parameters.
        filters: what was asked for, for the audit.
    """

    grant: Grant
    purpose: str
    columns: dict[str, str]
    where: str
    parameters: tuple[Any, ...]
    filters: dict[str, Any]

    @property
    def names(self) -> list[str]:
        """The columns' names."""
        return list(self.columns)


def permit(grants: Sequence[Grant], ask: Ask, catalogue: Catalogue, there: Sequence[str]) -> Permission:
    """Compiles a request.

    Args:
        grants: the client's grants that hold now.
        there: the columns that the decree has.

    Raises:
        Refused: 404 no grant for it, 403 no or another purpose, a column or filter that the grant does not hold, 400 an unknown
            column, filter or more than one grant that fits.
    """
    grant = _one(grants, ask)
    terms = grant.terms
    if not ask.purpose:
        raise Refused(403, "tujuan-wajib", "Setiap permintaan data per orang menyebut tujuannya (parameter 'tujuan').")
    if ask.purpose not in terms.tujuan:
        raise Refused(403, "tujuan-tidak-diizinkan", "Tujuan itu tidak tercantum pada hibah.")
    columns = _columns(grant, ask, catalogue, there)
    where, parameters = _rows(grant, ask.service)
    more, values = _filters(grant, ask)
    filters = {"wilayah": ask.wilayah, "program": ask.program, "desil": list(ask.desil)}
    return Permission(
        grant,
        ask.purpose,
        {name: column_sql(name, terms.program) for name in columns},
        " and ".join([*where, *more]) or "true",
        (*parameters, *values),
        {name: value for name, value in filters.items() if value},
    )


def _one(grants: Sequence[Grant], ask: Ask) -> Grant:
    fitting = [one for one in grants if ask.service in one.terms.layanan and (ask.grant is None or one.terms.hibah == ask.grant)]
    if len(fitting) > 1 and ask.purpose:
        fitting = [one for one in fitting if ask.purpose in one.terms.tujuan] or fitting
    if not fitting:
        raise nothing_there()
    if len(fitting) > 1:
        raise Refused(400, "hibah-ganda", "Lebih dari satu hibah berlaku; sebut salah satunya dengan parameter 'hibah'.")
    return fitting[0]


def _columns(grant: Grant, ask: Ask, catalogue: Catalogue, there: Sequence[str]) -> list[str]:
    held = [name for name in catalogue.kolom if name in grant.terms.kolom and name in there]
    # The catalogue may have become stricter than an older grant.
    if grant.terms.program not in disability_programs():
        held = [name for name in held if not catalogue.kolom[name].only_disability]
    if ask.columns is None:
        return held
    if not ask.columns or len(set(ask.columns)) != len(ask.columns) or any(one not in catalogue.kolom for one in ask.columns):
        raise Refused(400, "kolom-tidak-dikenal", "Kolom yang diminta kosong, ganda atau tidak dikenal.")
    if set(ask.columns) - set(held):
        raise Refused(
            403, "kolom-tidak-diizinkan", "Kolom yang diminta tidak tercantum pada hibah atau tidak ada pada penetapan."
        )
    return [name for name in held if name in ask.columns]


def _rows(grant: Grant, service: Service) -> tuple[list[str], list[Any]]:
    """The grant's own rows; `perubahan` looks at both sides of a change by itself, see `seen`."""
    if service == "perubahan":
        return [], []
    if service == SERVICE:
        # Its own lines, whoever else goes there too; which program somebody receives is not asked.
        where, values = _wilayah(grant.terms.wilayah, "")
        return [*where, f"list_contains({ACTORS}, ?)"], [*values, verifiers().get(grant.terms.instansi, "")]
    where, values = seen(grant, "")
    if service == "prioritas":
        # Who is unserved by the program is by definition none of its recipients.
        where, values = _wilayah(grant.terms.wilayah, "")
        where, values = [*where, "untuk_program = ?"], [*values, grant.terms.program]
    return where, values


def seen(grant: Grant, suffix: str) -> tuple[list[str], list[Any]]:
    """The condition under which a grant shows a row, over its columns with a suffix (`_dulu`: as it was)."""
    where, values = _wilayah(grant.terms.wilayah, suffix)
    if grant.terms.baris == "penerima":
        where.append(f"list_contains(program_semua{suffix}, ?)")
        values.append(grant.terms.program)
    return where, values


def _wilayah(codes: Sequence[str], suffix: str) -> tuple[list[str], list[Any]]:
    """Codes as one condition; a person of unknown place is seen by a grant for all of DKI alone."""
    if "31" in codes:
        return [], []
    parts, values = [], []
    for length, column in _PLACES.items():
        if some := [code for code in codes if len(code) == length]:
            parts.append(f"{column}{suffix} in ({', '.join('?' * len(some))})")
            values += some
    return [f"({' or '.join(parts)})" if parts else "false"], values


def _filters(grant: Grant, ask: Ask) -> tuple[list[str], list[Any]]:
    """The client's own filters. One that would tell what its column may not is refused like the column."""
    where, values, terms = list[str](), list[Any](), grant.terms
    if ask.wilayah is not None:
        _written(ask.wilayah)
        if not any(within(ask.wilayah, one) or within(one, ask.wilayah) for one in terms.wilayah):
            raise nothing_there()
        require_place(ask.wilayah)
        finer = [name for length, name in _PLACES.items() if length >= len(ask.wilayah)]
        known = any(within(one, ask.wilayah) for one in terms.wilayah) or {*finer, "alamat"} & set(terms.kolom)
        if not known:
            raise Refused(403, "filter-tidak-diizinkan", "Hibah tidak memuat kolom wilayah setingkat itu.")
        more, codes = _wilayah([ask.wilayah], "")
        where, values = [*where, *more], [*values, *codes]
    if ask.program is not None:
        if ask.program not in programs():
            raise Refused(400, "filter-tidak-dikenal", "Program tidak dikenal.")
        hidden = ask.program in disability_programs() and terms.program != ask.program
        if hidden or ("program" not in terms.kolom and ask.program != terms.program):
            raise Refused(403, "filter-tidak-diizinkan", "Hibah tidak memuat keikutsertaan dalam program itu.")
        where.append("list_contains(program_semua, ?)")
        values.append(ask.program)
    if ask.desil:
        if not all(1 <= one <= 10 for one in ask.desil):
            raise Refused(400, "filter-tidak-dikenal", "Desil di luar 1 sampai 10.")
        if "desil" not in terms.kolom:
            raise Refused(403, "filter-tidak-diizinkan", "Hibah tidak memuat kolom desil.")
        where.append(f"desil in ({', '.join('?' * len(ask.desil))})")
        values += ask.desil
    return where, values


def require_place(code: str) -> None:
    """Refuses what is no place of DKI in force: an empty answer to a misspelt code reads as if nobody lived there."""
    _written(code)
    if code not in place_names():
        raise Refused(400, "filter-tidak-dikenal", "Kode wilayah tidak ada; pakai kode wilayah Kemendagri yang berlaku.")


def _written(code: str) -> None:
    if not WILAYAH.fullmatch(code):
        raise Refused(400, "filter-tidak-dikenal", "Kode wilayah tidak sah; tulis misalnya 31.74 atau 31.74.06.1001.")


def within(inner: str, outer: str) -> bool:
    """Whether a place lies in another one, or is it."""
    return inner == outer or inner.startswith(outer + ".")


def narrowed(permission: Permission, where: str, *values: Any) -> Permission:
    """The same with one more condition."""
    return replace(permission, where=f"({permission.where}) and {where}", parameters=(*permission.parameters, *values))
