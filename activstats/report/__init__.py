"""Verdicts and fits as one self-contained page."""

from activstats.report.html import report_html
from activstats.report.origin import Origin, origin_of

__all__ = ["Origin", "origin_of", "report_html"]
