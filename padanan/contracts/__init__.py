"""What was agreed and what is expected: contracts, rules, plans, criteria, due dates, retention, from `expectations/`.

Nothing here opens a delivery or a published table.
"""
