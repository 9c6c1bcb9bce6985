"""Comparisons of the padanan by evidence with Splink and recordlinkage on data with known truth.

Nothing here is imported by `padanan/`.
"""
