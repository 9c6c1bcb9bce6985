"""One model of every count that leaves the house: which cells there are, how they add up, and which of them are covered.

Counting people is the neighbours' work (`wilayah`, `groups`, `lists` …); drawing a mark belongs to `padanan/pages`.
"""
