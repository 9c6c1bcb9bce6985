"""Mutants: the code made wrong on purpose, one place at a time, to see that a named test goes red.

The table is `mutants.yaml`, to which every module may add its own; running them is `__main__`'s work.
"""
