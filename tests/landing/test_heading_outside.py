"""Headings outside the contract are those of the row that was found, and no word of the rows above it."""

from padanan.landing.header import find_header
from padanan.landing.raw import Spec

SPEC = Spec(columns={"nik": ("nik", "nik"), "nama": ("nama", "nama")}, required=frozenset({"nik"}), id_like=frozenset(), form={})


def test_only_the_row_of_labels_says_what_lies_outside_the_contract() -> None:
    found = find_header([["Laporan", "Data"], ["Bulan", "Tahun"], ["NIK", "Nama", "Alamat"], ["1", "2", "3"]], SPEC)
    assert found is not None and found.row == 2
    assert len(found.unagreed) == 1 and found.unagreed[0].endswith("(kolom ke-3)")


def test_a_row_of_agreed_labels_alone_leaves_none() -> None:
    found = find_header([["Laporan", "Data"], ["NIK", "Nama"]], SPEC)
    assert found is not None and found.unagreed == ()
