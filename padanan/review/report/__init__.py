"""The review report of TKPK: static Indonesian pages from a published revision, without network or JavaScript.

Counts come from published tables and contracts only; nothing here reads the warehouse or a person's row.
"""
