"""The `activstats` command: its commands, its errors in one line, its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import typer

from activstats import __version__
from activstats.cli.lazy import LazyCommands, LazyGroup, command_of
from activstats.cli.quiet import be_quiet, loud_at_first
from activstats.cli.warned import warnings_in_a_line
from activstats.errors import ActivstatsError, DomainError, RuleError, UsageError

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

EPILOG = (
    "Results go to standard output, progress and errors to standard error.  "
    "Exit codes: 0 done; 1 the data or the disk did not allow it; 2 a mistake in the command; "
    "130 interrupted, with everything finished so far kept."
)

# What the core does without, and the extra that brings it.
_EXTRAS = {
    "torch": "record", "safetensors": "record", "sklearn": "studies", "huggingface_hub": "hub",
    "dask": "dask", "distributed": "dask", "ray": "ray", "s3fs": "s3",
}  # fmt: skip

# Every command with what the list of commands says of it; `NAME` is the function of that name in
# `activstats.cli.NAME`. Nothing of it is imported before it is called.
PANELS = {
    "Recordings": {
        "trace": "List what could be recorded of a model, with advice.",
        "record": "Run a model over data and record when its neurons are activated.",
        "inspect": "List the layers and steps of a recording, and check its files.",
        "verify": "Check every file of a recording or a study, and repair it.",
        "compact": "Put many small shards of a recording together into few large ones.",
    },
    "Counts and their laws": {
        "growth": "Fit the growth law: b with its interval, for each layer and rule.",
        "table": "Set layers, rules and steps side by side, for the screen or a file.",
        "powerlaw": "Fit a power-law tail, or the bounded law of counts.",
        "pool": "Pool the constant b of many fits, and test whether it is one constant.",
        "plan": "Say before recording how well b will be known.",
    },
    "Loss over the size of the training set": {
        "transition": "Test whether the loss has a transition over log D, and where it lies.",
        "decay": "Fit the power by which the loss falls, and its floor.",
        "design": "Say before training which sizes and seeds place the transition.",
    },
    "What training does to neurons": {
        "fluctuation": "Measure how weights fluctuate around their course.",
        "stamina": "Say which neurons would have died when, had silence a price.",
        "tipping": "Follow firing rates along training, and find where they tip over.",
    },
    "Studies and reports": {
        "demo": "Train, record, analyse and write a report, in one go.",
        "study": "Make one of the ready studies.",
        "validate": "Judge every claim of the theory by a study, and write the report.",
        "datasets": "List the recordings and studies that come with the package, or copy one.",
    },
    "For programs": {
        "schema": "Print the JSON Schema of what a command prints with --json.",
    },
}


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"activstats {__version__}")
        raise typer.Exit


def _silence(value: bool) -> None:
    be_quiet(value)


QUIET = typer.Option(
    False,
    "--quiet",
    callback=_silence,
    expose_value=False,
    help="No progress and no remarks on standard error; errors and warnings are still said.",
)


def _with_quiet(quiet: bool = QUIET) -> None:
    """Carry the option that every command takes."""


class _Group(LazyGroup):
    """The commands of activstats."""

    panels = PANELS

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        quiet = [one for one in command_of(_with_quiet, "quiet").params if one.name == "quiet"]
        places = {n: f"activstats.cli.{n}:{n}" for panel in PANELS.values() for n in panel}
        self.commands = LazyCommands(places, EPILOG, quiet)  # type: ignore[assignment]


app = typer.Typer(
    name="activstats",
    cls=_Group,
    help="Statistics of recorded neural-network activations.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


# Typer carries its own copy of click in some versions and not in others; the base of its errors is
# the same by name.
_CommandError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
    quiet: bool = QUIET,
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; a mistake is one line on standard error."""
    try:
        with loud_at_first(), warnings_in_a_line():
            code = int(app(args=arguments, prog_name="activstats", standalone_mode=False) or OK)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except _CommandError as error:
        return _complain(_usage(error), USAGE)
    except (DomainError, RuleError, UsageError) as error:
        return _complain(error.one_line(), USAGE)
    except ActivstatsError as error:
        return _complain(error.one_line(), FAILED)
    except ModuleNotFoundError as error:
        return _complain(_missing(error), FAILED)
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone, and closing would complain once more
        return OK
    if code == INTERRUPTED:  # some versions of Typer make a code of the interrupt, and say nothing
        _complain(_interrupted(sys.argv[1:] if arguments is None else arguments), INTERRUPTED)
    return code


def _missing(error: ModuleNotFoundError) -> str:
    """Return how to install what is missing; what no extra brings is an error of ours."""
    name = (error.name or "").partition(".")[0]
    if name not in _EXTRAS:
        raise error
    return f"{name} is not installed. try: pip install 'activstats[{_EXTRAS[name]}]'"


def _usage(error: object) -> str:
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    said = " ".join(message.split())
    if context is None:
        return said
    # A sentence may come without its end, as in a list of options that are missing.
    end = "" if said.endswith((".", "?", "!")) else "."
    return f"{said}{end} try: {context.command_path} --help"


def _interrupted(arguments: Sequence[str]) -> str:
    """Return what to do after an interrupt: recording goes on only where it is asked to."""
    begun = next((word for word in arguments if not word.startswith("-")), "")
    resume = ", with --resume," if begun == "record" and "--resume" not in arguments else ""
    return f"interrupted; what was finished is kept. try: the same command again{resume} to go on"


def _complain(message: str, code: int) -> int:
    print(f"activstats: {message}", file=sys.stderr)  # noqa: T201  (one line, whatever the terminal)
    return code
