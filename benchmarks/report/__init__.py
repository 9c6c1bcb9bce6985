"""Time and size of the whole report for every kelurahan of DKI and every producer; see `__main__`."""
