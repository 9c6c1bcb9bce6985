"""Worklists for the field (F11, F24): tasks and prelist of a revision as workbooks, one a kelurahan.

Which tasks exist is decided by dbt (`review/tugas`); who received a file stands in `padanan/forms/handover.py`.
"""
