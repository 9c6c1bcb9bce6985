"""The requests of non-government bodies (F22): from the letter over forum and decision to the agency that is named.

What a grant then lets through is `grants`' and `gate`'s.
"""
