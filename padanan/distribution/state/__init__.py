"""What the API remembers between requests: clients, tokens, quotas, receipts and the audit, in SQLite or PostgreSQL.

Grants are no part of it: they are records of `decisions/`.
"""
