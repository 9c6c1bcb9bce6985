"""The review's decisions: form, command line, inbox, and what each step asks.

Keeping and proving them is `padanan/records`.
"""
