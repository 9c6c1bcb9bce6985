"""`sidik.json`: the signed hashes of a folder's files, so that whatever a later step trusts can be proved.

Which folders have one, and which of their files it names, belongs to whoever makes them; here nothing is mended.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.digest import file_sha256, tree_sha256
from padanan.base.errors import PadananError
from padanan.base.signing import genuine, known_signer, sign, signer

FILE = "sidik.json"
_PURPOSE = "sidik folder"
ADOPT = "periksa isinya, lalu jalankan 'padanan key sign --by NAMA'"
# An older try of a quarantined file moves aside under a number; what was signed is the place it was made for.
_ASIDE = re.compile(r"~\d+$")


class Unsigned(PadananError):
    """A folder of before such folders were signed; a person may sign it after its hashes were compared (`padanan key sign`)."""


def seal(folder: Path, place: str, names: Iterable[str]) -> None:
    """Writes the signed hashes of some files of a folder that is being made; see `signed_text`."""
    disk.write_text(folder / FILE, signed_text(folder, place, names))


def signed_text(folder: Path, place: str, names: Iterable[str], *, file: str = FILE) -> str:
    """The signed hashes of some files of a folder; the same files and key give the same text.

    Args:
        folder: where the files lie now.
        place: where the folder will stand, relative to the data home: a copy elsewhere proves nothing.
        names: files of `folder`, and folders below it with `/` at the end, whose files are hashed as one.
        file: the name under which the text will stand.
    """
    hashes = {name: _digest(folder / name, name, file_sha256) for name in sorted(names)}
    content = {"berkas": hashes, "kunci": signer(), "tanda": sign(_PURPOSE, _text(place, file, hashes))}
    return json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _digest(path: Path, name: str, digest: Callable[[Path], str]) -> str:
    return tree_sha256(path) if name.endswith("/") else digest(path)


def _text(place: str, file: str, hashes: Mapping[str, str]) -> str:
    spelled = json.dumps(dict(hashes), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return f"{_ASIDE.sub('', place)}|{file}|{spelled}"


def signed_hashes(
    root: Path, folder: Path, *, what: str, cure: str, file: str = FILE, unsigned: str | None = None
) -> dict[str, str]:
    """File name -> SHA-256 of a folder, after the signature over them was proved; no file is read.

    Args:
        root: the data home.
        what: what the folder is called in messages, `kiriman`.
        cure: what to do when it was tampered with.
        unsigned: what to do when it has no signature; by default it is adopted.

    Raises:
        Unsigned: there is no signature: the folder is older than they are, or somebody took it away.
        PadananError: it can't be read, names a key that this program does not have, or was written without the key.
    """
    path = folder / file
    name = path.relative_to(root)
    try:
        content: Any = json.loads(path.read_text(encoding="utf-8"))
        hashes = {str(key): str(value) for key, value in content["berkas"].items()}
        mark, key = content["tanda"], content["kunci"]
    except FileNotFoundError:
        cause = f"{what} tanpa tanda: dari versi lama, atau tandanya dihapus"
        raise Unsigned(cause, file=name, cure=unsigned or f"{ADOPT}; bila tandanya dihapus, {cure}") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise PadananError(f"tanda {what} tidak terbaca", file=name, cure=cure) from None
    if not known_signer(key):
        raise PadananError(
            f"{what} ditandai kunci lain ({str(key)[:8]})", file=name, cure="atur PADANAN_KEY_FILE ke kunci yang dipakai saat itu"
        )
    if not genuine(_PURPOSE, _text(folder.relative_to(root).as_posix(), file, hashes), mark, key):
        raise PadananError(f"tanda {what} palsu: ditulis tanpa kunci, atau untuk folder lain", file=name, cure=cure)
    return hashes


def differing(
    root: Path, folder: Path, hashes: Mapping[str, str], *, what: str, cure: str, digest: Callable[[Path], str] = file_sha256
) -> Iterator[PadananError]:
    """Each file that is missing, can't be read, or whose bytes are not those that were hashed.

    Args:
        digest: how a file is hashed; `digest.known_sha256` where one proof of unchanged bytes is enough.
    """
    for name, expected in hashes.items():
        path = folder / name
        try:
            there = path.is_dir() if name.endswith("/") else path.is_file()
            found = _digest(path, name, digest) if there and not path.is_symlink() else None
        except OSError as error:
            yield PadananError(f"berkas {what} tidak terbaca ({error.strerror})", file=path.relative_to(root), cure=cure)
            continue
        if found != expected:
            yield PadananError(
                f"berkas {what} {'hilang' if found is None else 'berubah'}", file=path.relative_to(root), cure=cure
            )
