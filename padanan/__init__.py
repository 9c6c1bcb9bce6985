"""Padanan's domain library: it reads, judges, matches and renders, and every sub-package does one of these.

Scheduling does not belong here: nothing below this package imports dagster.
"""

__version__ = "0.1.0"
