"""Assets of distribution; none yet.

The API does not run in Dagster.
"""
