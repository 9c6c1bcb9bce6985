"""Assets of distribution: what agencies read of a sealed decree, the public dashboards, and the proof of both.

The API does not run in Dagster.
"""
