"""Claims of the theory, one a file: what each needs, its decision rule in words, and its verdict."""

from activstats.claims.evidence import Evidence, FittedLayer
from activstats.claims.verdict import Outcome, Picture, Verdict, Yardstick

__all__ = ["Evidence", "FittedLayer", "Outcome", "Picture", "Verdict", "Yardstick"]
