"""Ready experiments that train networks, record them, and write a table of runs."""

from activstats.studies.runner import run_study
from activstats.studies.settings import StudySettings

__all__ = ["StudySettings", "run_study"]
