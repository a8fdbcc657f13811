"""A figure as compact SVG text that is the same on every run and speaks to screen readers."""

from __future__ import annotations

import hashlib
import html
import io
import re
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.backends.backend_svg import FigureCanvasSVG

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Verdana has the widths of DejaVu Sans, for which the texts were laid out, and is on most machines.
_FONTS = ["DejaVu Sans", "Verdana", "sans-serif"]
_LONG_DECIMAL = re.compile(r"(-?\d+\.\d{2})\d+")
_TAG = re.compile(r"<[^>]*>")
_NOT_NEEDED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<!--.*?-->|<metadata>.*?</metadata>", re.DOTALL
)
_ID = re.compile(r' id="([^"]+)"')
_REFERENCE = re.compile(r'#([^"\)]+)["\)]')
_ROOT = re.compile(r"<svg\b[^>]*>", re.DOTALL)


def to_svg(figure: Figure, *, title: str, description: str) -> str:
    """Return the figure as an ``<svg>`` element to put into a page.

    Parameters
    ----------
    figure : Figure
        Any figure; closing it is the caller's business.
    title, description : str
        What the picture is and what it shows: its alternative text.

    Returns
    -------
    str
        Without XML head, date or random identifiers: equal figures give equal text. Coordinates
        have two decimals; texts stay texts.

    Examples
    --------
    >>> from activstats.figures.growth import growth_curves
    >>> figure = growth_curves([1, 10], [2, 15]).figure
    >>> text = to_svg(figure, title="Growth", description="K rises from 2 to 15.")
    >>> text == to_svg(figure, title="Growth", description="K rises from 2 to 15.")
    True
    """
    key = hashlib.sha256(f"{title}\n{description}".encode()).hexdigest()[:8]
    buffer = io.StringIO()
    settings: Any = {"svg.hashsalt": key, "svg.fonttype": "none", "font.sans-serif": _FONTS}
    with mpl.rc_context(settings):
        _print(figure, buffer)
    return _labelled(_compact(buffer.getvalue()), key, title, description)


def _print(figure: Figure, buffer: io.StringIO) -> None:
    """Write what `savefig` writes, drawing once: that draws twice, the first time for the layout alone."""
    canvas, dpi = figure.canvas, figure.dpi
    try:
        canvas_of_svg: Any = FigureCanvasSVG(figure)
        canvas_of_svg.print_svg(buffer, metadata={"Date": None, "Creator": None})
    finally:
        figure.set_canvas(canvas)
        figure.dpi = dpi


def _compact(text: str) -> str:
    text = _NOT_NEEDED.sub("", text)
    used = set(_REFERENCE.findall(text))
    text = _ID.sub(lambda match: match[0] if match[1] in used else "", text)
    # Within tags alone: what a reader reads keeps its digits.
    text = _TAG.sub(lambda tag: _LONG_DECIMAL.sub(r"\1", tag[0]), text)
    return re.sub(r"\s*\n\s*", "\n", text).strip()


def _labelled(text: str, key: str, title: str, description: str) -> str:
    def root(match: re.Match[str]) -> str:
        head = match[0][:-1] + f' role="img" aria-labelledby="{key}-title {key}-desc"'
        head += ' style="max-width:100%;height:auto">'
        name = f'<title id="{key}-title">{html.escape(title)}</title>'
        return f'{head}\n{name}\n<desc id="{key}-desc">{html.escape(description)}</desc>'

    return _ROOT.sub(root, text, count=1)
