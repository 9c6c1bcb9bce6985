"""What everything else stands on: errors, the data home, keys, periods, SQL and tables, YAML with lines, files put into place.

No word of the domain beyond the period is known here.
"""
