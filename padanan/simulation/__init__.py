"""The budget of Bantuan Reguler simulated: the document's table, a revision's families, sweeps of parameters.

It changes nothing and decides nothing: no stage reads what is counted here.
"""
