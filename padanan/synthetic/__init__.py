"""A made-up Jakarta with known truth: people, registries, faults and the files that producers would deliver.

Nothing here is read by the pipeline, and nothing here runs the rules it provides the truth for.
"""

from padanan.synthetic.generate import GeneratedSummary, generate

__all__ = ["GeneratedSummary", "generate"]
