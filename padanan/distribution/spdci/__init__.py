"""The SPDCI Social Registry API 1.0 beside the agencies' API: the same grants, columns, quotas and audit in another envelope.

What is answered stands here; what a grant lets through is `distribution.gate`'s. The mapping is docs/spdci.md.
"""
