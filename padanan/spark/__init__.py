"""The road past one machine: the same dbt models and the same linkage on a Spark cluster, proved equal to DuckDB's.

Nothing here is imported by a run on one machine; rules stay in `dbt_project/` and `padanan/linkage`, only their engine changes.
"""
