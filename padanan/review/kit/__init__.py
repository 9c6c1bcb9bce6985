"""The producer's kit: one zip a producer with its report, receipts, rejected and repaired rows, gaps by line, and a README.

A kit holds its own producer's values alone; who received it stands in `padanan/forms/handover.py`.
"""
