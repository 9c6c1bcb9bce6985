"""Runs the suites of all contracts in a plan once and turns the counts into what Dagster's checks carry.

The engine and the suites are `padanan/quality`; thresholds and levels come from the contracts.
"""

from __future__ import annotations
