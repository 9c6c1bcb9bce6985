"""Assets of padanan: people and families matched.

The matching itself is SQL in dbt_project/models/padanan.
"""
