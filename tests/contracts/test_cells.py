"""How a delivered cell reads as a number: sixteen digits and nothing else, whichever way they were found."""

import duckdb
import pytest

from padanan.contracts.cells import sixteen

NIK, NOBODY = "3171011207800001", "9999999999999999"


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        (NIK, NIK), (f"'{NIK}", NIK), (f" {NIK} ", NIK), ("317101 120780 0001", NIK), ("3171-0112-0780-0001", NIK),
        (NIK[:-1], None), (f"{NIK}1", None), (f"{NIK}.0", None), (f"{NIK[:-1]}x", None), ("", None), (None, None),
        (NOBODY, NOBODY), (f"'{NOBODY}", NOBODY),
    ],
)  # fmt: skip
def test_sixteen_digits_are_read_bare_and_between_marks_and_fifteen_never(cell: str | None, read: str | None) -> None:
    """The short way of a bare number and the long pattern agree; nobody's number is null by either of them."""
    asked = duckdb.connect().execute(f"select {sixteen('a')}, {sixteen('a', (NOBODY,))} from (select ?::varchar as a)", [cell])
    assert asked.fetchall() == [(read, None if read == NOBODY else read)]
