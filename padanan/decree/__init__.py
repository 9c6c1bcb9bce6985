"""The decree: what freezes the data sasaran and proves later that nothing was changed.

Deciding belongs to the review; showing the frozen data belongs to distribution.
"""
