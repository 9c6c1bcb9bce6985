"""Assets of distribution; none yet (issue 4).

The API does not run in Dagster.
"""
