"""The audit of what leaves the house: every output read again as it was printed, and attacked as a reader would.

Covering is `published.cells`' work, of which nothing but the declared cells and their meaning is used here.
"""
