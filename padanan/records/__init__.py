"""Every decision of people and every register: one chained, signed, locked store under `decisions/`.

What a record means belongs to its owners; here a record is only kept, proved and found again.
"""
