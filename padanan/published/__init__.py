"""What a revision published, opened and counted: tables, facts, wilayah, blockers, pairs, the run plan it was made from.

Nothing here is published, decided or laid out.
"""
