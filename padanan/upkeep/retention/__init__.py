"""Retention (F50, UU 27/2022 art. 42-44): what is kept how long, what goes when its time is over, and what remains of it.

How long a delivery is kept stands in its contract, for everything else in `expectations/retensi.yaml`; nothing else decides.
"""
