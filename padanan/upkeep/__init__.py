"""Beside the stages: the calendar, retention, backup and alarms.

Nothing here decides about data.
"""
