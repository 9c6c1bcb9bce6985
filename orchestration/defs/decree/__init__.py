"""Assets of decree: the frozen draft.

Hashing and sealing are in padanan/decree.
"""
