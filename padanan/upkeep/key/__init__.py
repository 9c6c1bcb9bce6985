"""The key's care: what is signed with it, its safe copy, its change, and signing what is older than signatures.

Reading the key and computing with it is `base.keys`' and `base.signing`'s.
"""
