"""Assets of landing: producers' deliveries and the run plan.

What a reader or control total does is in padanan/landing.
"""
