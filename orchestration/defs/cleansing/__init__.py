"""Assets of cleansing: staging models, gap rows, and the rules as checks.

Rules and their SQL are in expectations/.
"""
