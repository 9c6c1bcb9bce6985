"""Assets of feedback; none yet (issue 5).

What the field returns is read by the next period's landing.
"""
