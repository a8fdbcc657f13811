"""The `activstats` command: its commands, its errors in one line, its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import typer

from activstats import __version__
from activstats.cli.compact import compact
from activstats.cli.decay import decay
from activstats.cli.demo import demo
from activstats.cli.design import design
from activstats.cli.fluctuation import fluctuation
from activstats.cli.growth import growth
from activstats.cli.inspect import inspect
from activstats.cli.plan import plan
from activstats.cli.pool import pool
from activstats.cli.powerlaw import powerlaw
from activstats.cli.record import record
from activstats.cli.stamina import stamina
from activstats.cli.study import study
from activstats.cli.table import table
from activstats.cli.tipping import tipping
from activstats.cli.trace import trace
from activstats.cli.transition import transition
from activstats.cli.validate import validate
from activstats.cli.verify import verify
from activstats.errors import ActivstatsError, DomainError, RuleError

OK, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130

EPILOG = (
    "Results go to standard output, progress and errors to standard error.  "
    "Exit codes: 0 done; 1 the data or the disk did not allow it; 2 a mistake in the command; "
    "130 interrupted, with everything finished so far kept."
)

app = typer.Typer(
    name="activstats",
    help="Statistics of recorded neural-network activations.",
    epilog=EPILOG,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
for command in (
    trace, record, inspect, verify, compact, growth, table, plan, pool,
    powerlaw, design, transition, decay, fluctuation, stamina, tipping, study, validate, demo,
):  # fmt: skip
    app.command(epilog=EPILOG)(command)


# Typer carries its own copy of click in some versions and not in others; the base of its errors is
# the same by name.
_CommandError: type[Exception] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


def _show_version(value: bool) -> None:
    if value:
        typer.echo(f"activstats {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", callback=_show_version, is_eager=True, help="Print the version."
    ),
) -> None:
    pass


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; a mistake is one line on standard error."""
    try:
        code = int(app(args=arguments, prog_name="activstats", standalone_mode=False) or OK)
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except _CommandError as error:
        return _complain(_usage(error), USAGE)
    except (DomainError, RuleError) as error:
        return _complain(error.one_line(), USAGE)
    except ActivstatsError as error:
        return _complain(error.one_line(), FAILED)
    except BrokenPipeError:
        sys.stdout = None  # the reader has gone, and closing would complain once more
        return OK
    if code == INTERRUPTED:  # some versions of Typer make a code of the interrupt, and say nothing
        _complain("interrupted; what was finished is kept.", INTERRUPTED)
    return code


def _usage(error: object) -> str:
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    where = f" try: {context.command_path} --help" if context is not None else ""
    return f"{' '.join(message.split())}{where}"


def _complain(message: str, code: int) -> int:
    print(f"activstats: {message}", file=sys.stderr)  # noqa: T201  (one line, whatever the terminal)
    return code
