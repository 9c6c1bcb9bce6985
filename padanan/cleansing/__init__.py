"""Judging staged rows: the Great Expectations engine for DuckDB, the suites rendered from contracts, the account of rows.

Rules themselves are not written here but in `expectations/`; rows are never changed here.
"""
