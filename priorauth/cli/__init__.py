"""The command line: one file a noun; the only place that prints or exits.

Exit codes: 0 ready; 1 read, but not ready (something is unknown or not met); 2 cannot go on.
"""

from __future__ import annotations

import atexit
import gc
import importlib
import signal
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import click

from priorauth import __version__
from priorauth.cli import plugins

if TYPE_CHECKING:
    from collections.abc import Sequence

# The help line of each command and the file that it lives in: files are read when needed, so
# that `priorauth --help` answers at once.
_COMMANDS = {
    "new": ("new", "Write a case file to fill in, with what the payer's policy asks."),
    "import": (
        "import_",
        "Bring a chart's records into a case file, with what is open as questions.",
    ),
    "check": (
        "case",
        "Say what a case has and lacks; without a case, check the library.",
    ),
    "letter": ("case", "Make the letter of a case as PDF."),
    "packet": ("packet", "Bind cover, letter and exhibits of a case into one PDF."),
    "manifest": ("packet", "Show what a packet was made from."),
    "verify": ("packet", "Say whether a packet still matches its case and exhibits."),
    "sheet": ("sheet", "Make the prescriber's page for a peer-to-peer call; not to send."),
    "proof": ("fax", "Show the pages of a packet as a fax delivers them."),
    "form": ("form", "List a form's fields, write a first map, fill a form from a case."),
    "payers": ("payer", "List the payers and policies of the library."),
    "payer": ("make", "Show one payer's policies with their sources, or begin a payer."),
    "policy": ("make", "Begin a policy: a file to fill in, with worked examples."),
    "explain": ("policy", "Explain a payer's policy in words, with its sources."),
    "preview": ("template", "Make a document with sample data, to see a payer's templates."),
    "template": ("template", "Begin a payer's own template, or print one that is in force."),
    "vars": ("template", "Say what a template may use."),
    "diff": ("diff", "Show what a change of the library does to findings and letters."),
    "gallery": ("gallery", "Show every template part with its parameters and sample data."),
    "schema": ("schema", "Print the JSON Schema of a kind of file, for editors."),
    "manual": ("manual", "Print a manual: on payers, or on templates."),
    "samples": ("sample", "List the sample cases."),
    "sample": ("sample", "Write a sample case with its exhibits to start from."),
    "demo": ("sample", "Make the letters of three sample cases."),
    "doctor": ("doctor", "Say whether everything needed is installed and in order."),
}
_FUNCTIONS = {"import": "import_"}  # commands whose name is a word of Python


class _Commands(click.Group):
    """The commands, each brought in from its file when it is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        module = importlib.import_module(f"priorauth.cli.{_COMMANDS[cmd_name][0]}")
        names = vars(module)  # a name that Python keeps for itself ends with an underscore
        command: click.Command = names.get(cmd_name) or names[f"{cmd_name}_"]
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl([(name, about) for name, (_, about) in _COMMANDS.items()])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command, or suggest the nearest one."""
        if args and args[0] not in _COMMANDS and not args[0].startswith("-"):
            from priorauth.problems import listed, nearest  # noqa: PLC0415 - only for a slip

            near = nearest(args[0], _COMMANDS) or tuple(_COMMANDS)
            ctx.fail(f"There is no command of that name. Did you mean {listed(near)}?")
        return super().resolve_command(ctx, args)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="priorauth")
def priorauth() -> None:
    """Prior-authorization letters that say no more than the record holds."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line; the exit code says how it went, a mistake is one plain sentence."""
    _be_brief()
    _end_tidily()
    plugins.keep_out()
    try:
        code = priorauth.main(
            args=list(arguments) if arguments is not None else None,
            prog_name="priorauth",
            standalone_mode=False,
        )
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.Abort:
        click.echo("Stopped.", err=True)
        sys.exit(2)
    except Exception as error:  # noqa: BLE001 - the last resort, so that no traceback shows a value
        click.echo(_sentence(error), err=True)
        sys.exit(2)
    sys.exit(code if isinstance(code, int) else 0)


def _end_tidily() -> None:
    """Let a closed window or a stop from outside end the command as Ctrl-C does: files go too."""
    for name in ("SIGTERM", "SIGHUP"):
        if hasattr(signal, name) and threading.current_thread() is threading.main_thread():
            signal.signal(getattr(signal, name), lambda *_: sys.exit(2))


def _be_brief() -> None:
    """Look for garbage seldom, and not once more at the end: a command is a short task."""
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


def _sentence(error: Exception) -> str:
    """Return our own errors' text; of a mistake of the program its place alone.

    The text of any other error can quote a case, so it is never shown.
    """
    from priorauth.problems import PriorAuthError  # noqa: PLC0415 - only when something is wrong

    if isinstance(error, PriorAuthError):
        return str(error)
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{type(error).__name__}, {Path(last.filename).name}, line {last.lineno}"
    return (
        f"priorauth made a mistake of its own ({where}); nothing was written. "
        "Please report this line: it holds nothing of the case."
    )
