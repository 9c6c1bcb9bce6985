"""What every DOCX of the house has in common: the same bytes for the same content, rows of tables that stay whole on a page.

What a document says belongs to who makes it.
"""

from __future__ import annotations

import io
import zipfile
from datetime import datetime
from typing import Any

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

EPOCH = datetime(2000, 1, 1)
ZIP_DAY = (1980, 1, 1, 0, 0, 0)


def normalised(content: bytes) -> bytes:
    """The same package with parts in order and one date: a zip otherwise tells when it was written."""
    with zipfile.ZipFile(io.BytesIO(content)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as package:
        for name in sorted(parts, key=lambda name: (name != "[Content_Types].xml", name)):
            info = zipfile.ZipInfo(name, ZIP_DAY)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            package.writestr(info, parts[name])
    return target.getvalue()


def settle(table: Any) -> None:
    """No row breaks over a page, and no first or last row stands alone on one (Word keeps a row with the next by its text)."""
    rows = list(table.rows)
    for row in rows:
        properties = row._tr.get_or_add_trPr()
        if properties.find(qn("w:cantSplit")) is None:
            properties.append(OxmlElement("w:cantSplit"))
    if len(rows) > 2 and rows[0]._tr.get_or_add_trPr().find(qn("w:tblHeader")) is not None:
        for row in {id(row): row for row in (rows[0], rows[1], rows[-2])}.values():
            for paragraph in row._tr.iter(qn("w:p")):
                properties = paragraph.get_or_add_pPr()
                if properties.find(qn("w:keepNext")) is None:
                    properties.insert_element_before(
                        OxmlElement("w:keepNext"), *(f"w:{name}" for name in ("keepLines", "spacing", "ind", "jc", "rPr"))
                    )
