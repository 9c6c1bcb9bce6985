"""Assets of feedback: one for each kind that comes back, and the prelist that follows from all of them.

No arrow leads back: the next period's run reads the state through its plan (`landing/rencana`).
"""
