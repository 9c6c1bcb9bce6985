"""The plan of a run, its publication and its whole report.

Computing tables belongs to dbt and the stages.
"""
