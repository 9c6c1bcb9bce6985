"""The review report of TKPK: static Indonesian HTML from a published revision, without network or JavaScript.

Counts come from published tables and contracts only; nothing here reads the warehouse or a person's row.
"""

from __future__ import annotations

from padanan.report.render import render_report

__all__ = ["render_report"]
