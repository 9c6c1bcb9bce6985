"""What the field learns comes back in: deliveries of feedback become events, events a state that can be asked as of any day.

Landing reads the files before, the next period's run reads the state after; nothing here rewrites a publication or a decree.
"""
