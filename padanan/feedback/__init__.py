"""What comes back after a decree, and what is reported of it: field results, complaints, aid given, the reports it asks for.

What went out is other stages' business; nothing here rewrites a decree.
"""
