"""How long the field's lists are, against their goals; see `__main__`."""
