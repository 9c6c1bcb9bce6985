"""Workbooks that people fill in, and files in which names leave: sealed cells, handing over, expiry.

What a form asks is the business of the stage that makes it.
"""
