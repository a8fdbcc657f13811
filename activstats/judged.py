"""A study, judged: its verdicts as a report, a table or JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from activstats.claims import Evidence, Verdict
from activstats.report import Origin, report_html, report_markdown
from activstats.report.writing import check_suffix, write_report

if TYPE_CHECKING:
    import pandas as pd

FORMAT = 1


@dataclass(frozen=True, eq=False)
class Validation:
    """A study, judged.

    Parameters
    ----------
    evidence : Evidence
        What the claims were judged by.
    verdicts : tuple of Verdict
        One for each claim, p-values adjusted for their number.
    origin : Origin
        Where the numbers come from.
    """

    evidence: Evidence
    verdicts: tuple[Verdict, ...]
    origin: Origin

    def to_dict(self) -> dict[str, Any]:
        """Return verdicts and provenance in the types that JSON has."""
        origin = self.origin
        return {
            "format": FORMAT,
            "study": origin.study,
            "command": origin.command,
            "runs_sha256": origin.runs_sha256,
            "study_hash": origin.description.get("hash", ""),
            "versions": [dict(one) for one in origin.versions],
            "verdicts": [one.to_dict() for one in self.verdicts],
        }

    def to_json(self) -> str:
        """Return verdicts and provenance as JSON."""
        text = json.dumps(self.to_dict(), indent=2, allow_nan=False, ensure_ascii=False)
        return f"{text}\n"

    def to_markdown(self) -> str:
        """Return the report as Markdown: verdicts, then tables, pictures in words."""
        return report_markdown(self.evidence, self.verdicts, self.origin)

    def to_frame(self) -> pd.DataFrame:
        """Return a table with a row for each claim."""
        import pandas as pd

        rows = [
            {
                "claim": one.title,
                "outcome": one.outcome.value,
                "statistic": one.statistic_name,
                "value": one.statistic,
                "low": one.interval[0],
                "high": one.interval[1],
                "level": one.level,
                "p": one.p,
                "p_holm": one.p_holm,
                "sentence": one.sentence,
            }
            for one in self.verdicts
        ]
        frame = pd.DataFrame(rows)
        return frame.astype(dict.fromkeys(("p", "p_holm"), float)) if rows else frame

    def to_html(self, path: str | os.PathLike[str]) -> Path:
        """Write the report, one self-contained page, and return where it is.

        Raises
        ------
        StudyError
            If it cannot be written there.
        """
        return write_report(path, lambda: report_html(self.evidence, self.verdicts, self.origin))

    def write(self, path: str | os.PathLike[str]) -> Path:
        """Write the report in the form that the suffix of the path says, and return where it is.

        Parameters
        ----------
        path : path
            With the suffix .html, .md or .json.

        Raises
        ------
        UsageError
            If the suffix is another one.
        StudyError
            If it cannot be written there.
        """
        target = check_suffix(path)
        makers: dict[str, Callable[[], str]] = {".md": self.to_markdown, ".json": self.to_json}
        if target.suffix.lower() == ".html":
            return self.to_html(target)
        return write_report(target, makers[target.suffix.lower()])
