"""Assets of review: published tables, row account, quality report.

Rendering is in padanan/review/report.
"""
