"""What is rendered from contracts and models into files that are tracked.

Nothing here is written by hand.
"""
