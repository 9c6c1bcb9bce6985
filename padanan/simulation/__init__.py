"""The simulation of Bantuan Reguler: parameters, the document's table, the padanan's real families, sweeps, page and workbook.

It changes nothing and decides nothing: no stage reads what is counted here.
"""
