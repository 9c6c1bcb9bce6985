"""What a process may still read and write, given up by itself for good (Landlock, Linux 5.13 and later).

Which folders these are is decided by who calls; where the kernel has no Landlock nothing is given up, and the answer says so.
"""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446  # the same numbers on x86-64 and arm64
_VERSION, _PATH_BENEATH = 1, 1
_NO_NEW_PRIVS = 38
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE, _MAKE_DIR, _MAKE_REG = 1 << 4 | 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE, _IOCTL = 1 << 13, 1 << 14, 1 << 15
_FIRST = (1 << 13) - 1
_BY_VERSION = ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL))
_TCP, _SCOPES = 0b11, 0b11


def confine(reads: Iterable[Path], writes: Iterable[Path]) -> int:
    """Gives up every access but reading below `reads` and reading and writing below `writes`; no program can be started, no
    TCP connection made.

    Args:
        reads, writes: folders or files; those that are not there are left out.

    Returns:
        The kernel's Landlock version; 0 where there is none, and then nothing is given up.

    Raises:
        OSError: the kernel has Landlock and refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return 0
    handled = _FIRST
    for since, right in _BY_VERSION:
        handled |= right if version >= since else 0
    attributes = struct.pack("=QQQ", handled, _TCP, _SCOPES)[: 8 if version < 4 else 16 if version < 6 else 24]
    ruleset = _checked(libc.syscall(_CREATE, attributes, ctypes.c_size_t(len(attributes)), ctypes.c_uint32(0)))
    try:
        write = _READ_FILE | _READ_DIR | _WRITE_FILE | _REMOVE | _MAKE_DIR | _MAKE_REG | _REFER | _TRUNCATE
        for paths, rights in ((reads, _READ_FILE | _READ_DIR), (writes, write)):
            for path in paths:
                _allow(libc, ruleset, path, rights & handled)
        _checked(libc.prctl(_NO_NEW_PRIVS, 1, 0, 0, 0))
        _checked(libc.syscall(_RESTRICT, ctypes.c_int(ruleset), ctypes.c_uint32(0)))
    finally:
        os.close(ruleset)
    return int(version)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not path.is_dir():
            rights &= _WRITE_FILE | _READ_FILE | _TRUNCATE
        rule = struct.pack("=Qi", rights, place)
        _checked(libc.syscall(_ADD, ctypes.c_int(ruleset), ctypes.c_int(_PATH_BENEATH), rule, ctypes.c_uint32(0)))
    finally:
        os.close(place)


def _checked(result: int) -> int:
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return int(result)
