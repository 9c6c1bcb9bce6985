"""Fills DOCX templates that an official may edit, and gives every filled file the same bytes for the same figures.

What a template says is in its file, which figures it may name in `context`.
"""

from __future__ import annotations

import io
import os
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jinja2
import jinja2.meta
from docx import Document
from docx.oxml import parse_xml
from docxtpl import DocxTemplate
from jinja2.sandbox import SandboxedEnvironment

from padanan.base.docx import EPOCH, normalised, settle
from padanan.base.errors import PadananError
from padanan.base.home import Home

SHIPPED = Path(__file__).parent / "templates"
# What every document must carry on every page, so that no figure stands without its origin.
IDENTITY = ("periode", "revisi", "sidik_terbitan", "sidik_data")
AUTHOR = "Sekretariat TKPK Provinsi DKI Jakarta"
CURE = (
    "perbaiki tanda {{ … }} itu di templat; daftar tanda ada di docs/operations.md, templat bawaan ada di "
    "padanan/decree/documents/templates"
)
_PARTS = re.compile(r"word/(document|header\d*|footer\d*)\.xml")


def template_path(name: str, home: Home) -> Path:
    """The template to use: in PADANAN_TEMPLATES, else in `<home>/templates`, else the shipped one.

    Raises:
        PadananError: PADANAN_TEMPLATES names no folder.
    """
    chosen = os.environ.get("PADANAN_TEMPLATES")
    if chosen and not Path(chosen).is_dir():
        raise PadananError("folder templat tidak ada", file=chosen, cure="periksa PADANAN_TEMPLATES")
    folders = [Path(chosen)] if chosen else []
    for folder in (*folders, home.root / "templates", SHIPPED):
        if (folder / name).is_file():
            return folder / name
    raise PadananError("templat tidak ada", file=name, cure="pulihkan templat bawaan di padanan/decree/documents/templates")


def tags(path: Path) -> set[str]:
    """The names that a template uses.

    Raises:
        PadananError: no DOCX, or a tag that can't be read.
    """
    return _names(_open(path), path)


def render(path: Path, figures: Mapping[str, Any], *, watermark: str | None = None) -> bytes:
    """A filled template.

    Args:
        path: the template.
        figures: every name that it may use.
        watermark: a word across every page.

    Raises:
        PadananError: no DOCX; a tag that is unknown, misspelled or can't be read; no identity in header and footer.
    """
    template = _open(path)
    found = _names(template, path)
    if unknown := sorted(found - figures.keys()):
        raise PadananError(f"tanda {{{{ {unknown[0]} }}}} tidak dikenal", file=path.name, place="templat", cure=CURE)
    edges = _names(template, path, edges=True)
    if missing := [name for name in IDENTITY if name not in edges]:
        raise PadananError(
            f"tanda {{{{ {missing[0]} }}}} tidak ada di kepala atau kaki halaman",
            file=path.name,
            place="templat",
            cure="setiap halaman harus menyebut periode, revisi, dan kedua nilai hash; kembalikan tanda itu",
        )
    # Sandboxed: a template is a file that people pass on, and may fill in figures but not reach into the program.
    environment = SandboxedEnvironment(undefined=jinja2.StrictUndefined, autoescape=True)
    try:
        template.render(dict(figures), environment)
    except jinja2.UndefinedError as error:
        tag = re.findall(r"attribute '(\w+)'|'(\w+)' is undefined", str(error))
        name = next((part for pair in tag for part in pair if part), "…")
        raise PadananError(f"tanda {{{{ … {name} }}}} tidak dikenal", file=path.name, place="templat", cure=CURE) from None
    except jinja2.TemplateError as error:
        raise _unreadable(error, path) from None
    # docxtpl keeps filled headers beside python-docx's own: what follows needs the file as written.
    filled = io.BytesIO()
    template.save(filled)
    document = Document(filled)
    for table in document.tables:
        settle(table)
    if watermark:
        for number, section in enumerate(document.sections):
            if number == 0 or not section.header.is_linked_to_previous:
                _watermark(section.header, watermark, number)
    core = document.core_properties
    core.author = core.last_modified_by = AUTHOR
    core.language, core.comments, core.keywords, core.revision = "id-ID", "", "", 1
    core.created = core.modified = EPOCH
    target = io.BytesIO()
    document.save(target)
    return normalised(target.getvalue())


# lxml's own error of XML that is not whole is a SyntaxError; its message may quote the document.
# No word processor writes a document type, in one byte a letter or in two: its entities would have other files read, or grow
# without end.
_TYPED = re.compile(rb"<\0?!\0?D\0?O\0?C\0?T")
BROKEN = (KeyError, ValueError, OSError, SyntaxError, zipfile.BadZipFile, zlib.error)


def _broken(path: Path) -> PadananError:
    return PadananError("bukan berkas DOCX yang utuh", file=path.name, cure="simpan lagi templat itu sebagai .docx")


def _open(path: Path) -> DocxTemplate:
    template = DocxTemplate(path)
    try:
        with zipfile.ZipFile(path) as archive:
            typed = any(_TYPED.search(archive.read(name)) for name in archive.namelist() if name.endswith((".xml", ".rels")))
        if not typed:
            template.init_docx()
    except BROKEN:
        raise _broken(path) from None
    if typed:
        raise _broken(path)
    return template


def _names(template: DocxTemplate, path: Path, *, edges: bool = False) -> set[str]:
    """Names used in the body, header and footer; with `edges` in header and footer only."""
    found: set[str] = set()
    environment = jinja2.Environment()  # nosec B701  # parses for names, renders nothing
    for part in template.docx.part.package.iter_parts():
        match = _PARTS.fullmatch(str(part.partname).lstrip("/"))
        if match is None or (edges and match[1] == "document"):
            continue
        source = template.patch_xml(part.blob.decode("utf-8"))
        try:
            found |= jinja2.meta.find_undeclared_variables(environment.parse(source))
        except jinja2.TemplateError as error:
            raise _unreadable(error, path) from None
    return found


def _unreadable(error: jinja2.TemplateError, path: Path) -> PadananError:
    """A tag that Jinja can't read: its message names the tag, and template texts hold no person."""
    message = re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", str(error.message or "")))[:120]
    return PadananError(f"tanda templat tidak terbaca ({message})", file=path.name, place="templat", cure=CURE)


def _watermark(header: Any, word: str, number: int) -> None:
    """A word across the page behind the text, as Word itself makes it."""
    name = f"PowerPlusWaterMarkObject{number + 1}"
    header.paragraphs[0]._p.append(
        parse_xml(
            '<w:r xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:o="urn:schemas-microsoft-com:office:office"><w:rPr><w:noProof/></w:rPr><w:pict>'
            '<v:shapetype id="_x0000_t136" coordsize="21600,21600" o:spt="136" adj="10800" path="m@7,l@8,m@5,21600l@6,21600e">'
            '<v:formulas><v:f eqn="sum #0 0 10800"/><v:f eqn="prod #0 2 1"/><v:f eqn="sum 21600 0 @1"/><v:f eqn="sum 0 0 @2"/>'
            '<v:f eqn="sum 21600 0 @3"/><v:f eqn="if @0 @3 0"/><v:f eqn="if @0 21600 @1"/><v:f eqn="if @0 0 @2"/>'
            '<v:f eqn="if @0 @4 21600"/><v:f eqn="mid @5 @6"/><v:f eqn="mid @8 @5"/><v:f eqn="mid @7 @8"/><v:f eqn="mid @6 @7"/>'
            '<v:f eqn="sum @6 0 @5"/></v:formulas><v:path textpathok="t" o:connecttype="custom" '
            'o:connectlocs="@9,0;@10,10800;@11,21600;@12,10800" o:connectangles="270,180,90,0"/>'
            '<v:textpath on="t" fitshape="t"/></v:shapetype>'
            f'<v:shape id="{name}" o:spid="_x0000_s{2049 + number}" type="#_x0000_t136" alt="{word}" '
            'style="position:absolute;margin-left:0;margin-top:0;width:480pt;height:110pt;rotation:315;z-index:-251658752;'
            "mso-position-horizontal:center;mso-position-horizontal-relative:margin;mso-position-vertical:center;"
            'mso-position-vertical-relative:margin" o:allowincell="f" fillcolor="#d9d9d9" stroked="f">'
            f'<v:fill opacity=".5"/><v:textpath style="font-family:&quot;Arial&quot;;font-size:1pt" string="{word}"/></v:shape>'
            "</w:pict></w:r>"
        )
    )
