"""Assets of padanan: people and families matched.

Matching by NIK is SQL in dbt_project/models/padanan, by evidence Python in padanan/evidence.
"""
