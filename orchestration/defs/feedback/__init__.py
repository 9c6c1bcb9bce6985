"""Assets of feedback; none yet.

What the field returns is read by the next period's landing.
"""
