"""Early warning (F45): series over publications and months of feedback, judged by rules, each alert told once and recorded.

The rules stand in `expectations/peringatan.yaml`; sending an alert is the caller's.
"""
