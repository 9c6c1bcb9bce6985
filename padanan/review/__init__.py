"""The review: what TKPK decides about a revision, recorded so that nobody can change it unseen.

Counting gaps and drawing the report belongs to `report`; freezing and sealing belongs to `decree`.
"""
