"""Landing: how producers' files come in whole, are counted twice, and stay as they came.

Readers, delivery rules, receipts and the inbox live here; what a value means belongs to staging and the contracts.
"""
