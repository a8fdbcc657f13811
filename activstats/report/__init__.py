"""Verdicts and fits as one self-contained page, or as Markdown."""

from activstats.report.html import report_html
from activstats.report.markdown import report_markdown
from activstats.report.origin import Origin, origin_of

__all__ = ["Origin", "origin_of", "report_html", "report_markdown"]
