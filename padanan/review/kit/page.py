"""A page of the report as a file of its own: fonts and pictures inside it, links and bars to other pages taken out.

What stands on the page is the report's; nothing is counted or worded here.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from pathlib import Path

from padanan.base.errors import PadananError

TYPES = {".woff2": "font/woff2", ".png": "image/png", ".svg": "image/svg+xml", ".css": "text/css"}
_URL = re.compile(r"""url\(\s*["']?(?!data:|#)([^"')]+)["']?\s*\)""")
_SOURCE = re.compile(r"""src="(?!data:)([^"]+)\"""")
_NAV = re.compile(r"<nav\b.*?</nav>\n?", re.DOTALL)
_LINK = re.compile(r"""<a\b(?P<before>[^>]*?)\shref="(?!#)[^"]*"(?P<after>[^>]*)>(?P<text>.*?)</a>""", re.DOTALL)


def standalone(html: str, files: Mapping[str, Path]) -> str:
    """The page with everything it loads inside it; a link to another file becomes plain text, a bar of them goes.

    Args:
        files: what pages may load, by the address on the page.

    Raises:
        PadananError: the page loads another file.
    """
    html = _URL.sub(lambda found: f'url("{_inside(files, found[1])}")', html)
    html = _SOURCE.sub(lambda found: f'src="{_inside(files, found[1])}"', html)
    html = _NAV.sub("", html)
    html = _LINK.sub(lambda found: f"<span{found['before']}{found['after']}>{found['text']}</span>", html)
    # Fonts now come from the page itself.
    return html.replace("font-src 'self'", "font-src data:")


def _inside(files: Mapping[str, Path], name: str) -> str:
    path = files.get(name)
    if path is None or path.suffix not in TYPES:
        raise PadananError(
            "halaman laporan memuat berkas yang tidak dikenal", file=name[:80], cure="laporkan kepada pengelola sistem"
        )
    return f"data:{TYPES[path.suffix]};base64,{base64.b64encode(path.read_bytes()).decode()}"
