"""Dagster wiring: which piece of `padanan/` or `dbt_project/` runs when, and after what.

Nothing in this package computes or judges data; that is `padanan/`, `dbt_project/` and `expectations/`.
"""
