"""YAML that somebody else wrote is looked at before anything is built from it: no alias, no tag, no depth, no size."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from padanan.base.errors import ContractError
from padanan.base.yaml_source import Limits, YamlSource

LIMITS = Limits(size=65_536, depth=6, items=400)
BOMB = "a: &a [x, x]\n" + "".join(f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefghij", "bcdefghijk", strict=True))
REFUSED = {
    "alias": (BOMB, r"baris 2: alias"),
    "tag": ("a: 1\nb: !!python/object:os.system x\n", r"baris 2: tanda jenis"),
    "plain_tag": ("a: !!str 5\n", "tanda jenis"),
    "deep": ("[" * 60_000, "lebih dari 6 tingkat"),
    "deep_map": ("{" * 60_000, "lebih dari 6 tingkat"),
    "deep_list": ("- " * 30_000, "lebih dari 6 tingkat"),
    "many": ("[" + "1," * 30_000 + "1]", "lebih dari 400 isian"),
    "large": ("a: " + "x" * 70_000, "lebih besar dari 64 KiB"),
    "no_date": ("diterima: 2025-13-45\n", "tanggal atau bilangan yang tidak ada"),
    "number": ("a: " + "9" * 5_000, "tanggal atau bilangan"),
    "bytes": ("a: \udcff\n", "tidak dapat dibaca"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_is_refused_at_once_and_named(tmp_path: Path, case: str) -> None:
    text, words = REFUSED[case]
    path = tmp_path / "surat.yaml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    start = time.process_time()
    with pytest.raises(ContractError, match=words) as caught:
        YamlSource(path, limits=LIMITS)
    assert caught.value.cure and time.process_time() - start < 1


def test_a_file_of_the_house_may_be_deeper_and_longer(tmp_path: Path) -> None:
    path = tmp_path / "kontrak.yaml"
    path.write_text("a: {b: {c: {d: {e: {f: {g: " + repr(list(range(500))) + "}}}}}}\n")
    assert YamlSource(path).data
    with pytest.raises(ContractError):
        YamlSource(path, limits=LIMITS)


def test_neither_link_nor_pipe_is_opened(tmp_path: Path) -> None:
    (tmp_path / "isi").write_text("a: 1\n")
    (tmp_path / "tautan.yaml").symlink_to(tmp_path / "isi")
    os.mkfifo(tmp_path / "pipa.yaml")
    for name, kind in (("tautan.yaml", "tautan"), ("pipa.yaml", "pipa")):
        with pytest.raises(ContractError, match=f"bukan berkas biasa: {kind}"):
            YamlSource(tmp_path / name, limits=LIMITS)
