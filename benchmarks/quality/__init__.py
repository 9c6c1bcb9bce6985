"""What Great Expectations costs on DuckDB: one suite of a real contract against a hand-written scan that counts the same.

Other comparisons (linkage engines) have packages of their own beside this one.
"""
