"""What the field learns comes back in as events and a state of any day; what the decree asks to be reported goes out (`lp3ke`).

Landing reads the files before, the next period's run reads the state after; nothing here rewrites a publication or a decree.
"""
