"""The command line as a whole: help, exit codes, plain sentences, and silence about the patient."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from priorauth import __version__

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    Run = Callable[..., Done]

COMMANDS = (
    "new",
    "check",
    "letter",
    "packet",
    "manifest",
    "verify",
    "sheet",
    "proof",
    "form",
    "payers",
    "payer",
    "policy",
    "explain",
    "preview",
    "template",
    "vars",
    "diff",
    "gallery",
    "schema",
    "manual",
    "samples",
    "sample",
    "demo",
    "doctor",
)
OPTIONS = {
    "new": ("-o", "--force", "--on", "--library"),
    "check": ("--json", "--on", "--library"),
    "letter": ("-o", "--force", "--draft", "--html", "--docx", "--fax", "--on", "--library"),
    "packet": ("-o", "--force", "--draft", "--fax", "--on", "--library"),
    "sheet": ("-o", "--force", "--on", "--library"),
    "proof": ("-o", "--force"),
    "verify": ("--library",),
    "form": ("fields", "map", "fill"),
    "payers": ("--library",),
    "sample": ("-o",),
    "demo": ("-o", "--force", "--library"),
    "doctor": ("--library",),
}
SECRETS = ("Dana", "Whitfield", "U1234567801", "1977", "07-17", "Moreno", "Prairie Lantern")


def shell(*arguments: str, cwd: Path) -> Done:
    """Return what the installed command does in a process of its own."""
    from conftest import Done  # noqa: PLC0415 - a class for the result, not for its type alone

    command = [sys.executable, "-m", "priorauth", *arguments]
    done = subprocess.run(command, capture_output=True, check=False, cwd=cwd, encoding="utf-8")
    return Done(done.returncode, done.stdout, done.stderr)


# --- help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", ["--help", "-h"])
def test_the_help_names_every_command(option: str, run: Run) -> None:
    """Each with one line that says what it does."""
    done = run(option)
    assert (done.code, done.err) == (0, "")
    listed = re.findall(r"(?m)^  (\w+) +\S.*\.$", done.out)
    assert tuple(listed) == COMMANDS


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, run: Run) -> None:
    """What it does, and every option with a word on it."""
    done = run(command, "--help")
    assert (done.code, done.err) == (0, "")
    assert f"Usage: priorauth {command}" in done.out
    for option in OPTIONS.get(command, ()):
        assert re.search(rf"(?m)^  .*{option}\b.*  +\S", done.out) or option in done.out


def test_the_help_of_a_commands_command(run: Run) -> None:
    """`payer show` has help of its own."""
    done = run("payer", "show", "--help")
    assert done.code == 0
    assert "Usage: priorauth payer show [OPTIONS] ID" in done.out


def test_the_version_is_told(run: Run) -> None:
    """So that a report can name it."""
    assert run("--version") == run("--version")
    assert __version__ in run("--version").out


def test_no_command_at_all_shows_the_help(run: Run) -> None:
    """Nothing was asked for: the help is shown, and the exit code says that nothing was done."""
    done = run()
    assert done.code == 2
    assert "Commands:" in done.out + done.err


# --- slips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "near"),
    [("chek", "check"), ("lettre", "letter"), ("payer", "payer"), ("sampel", "sample")],
)
def test_a_slip_in_the_command_names_the_nearest(written: str, near: str, run: Run) -> None:
    """One is rarely far from the right word."""
    done = run(written)
    assert done.code == 2
    assert near in done.err + done.out


def test_a_command_that_is_like_none_names_them_all(run: Run) -> None:
    """Then the choice is shown."""
    done = run("zzz")
    assert done.code == 2
    for command in COMMANDS:
        assert command in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("letter",), "Missing argument 'CASE'"),
        (("check", "a", "b"), "unexpected extra argument"),
        (("check", "a", "--nosuch"), "No such option"),
        (("check", "a", "--on", "22.11.2026"), "Write the day as year-month-day: 2026-11-22."),
        (("check", "a", "--on", "2026-13-01"), "Write the day as year-month-day: 2026-11-22."),
        (("check", "a", "--library", "nosuch"), "does not exist"),
        (("new", "esketamine"), "Name SERVICE and PAYER"),
        (("sample", "esketamine"), "Missing option '-o'"),
        (("payer", "shwo"), "show"),
    ],
)
def test_a_slip_in_the_arguments_is_told(arguments: tuple[str, ...], words: str, run: Run) -> None:
    """In one sentence, with exit code 2."""
    done = run(*arguments)
    assert done.code == 2
    assert words in done.err
    assert done.out == ""


def test_the_module_and_the_command_are_one(tmp_path: Path) -> None:
    """`python -m priorauth` does what `priorauth` does, exit codes too."""
    assert shell("--version", cwd=tmp_path).out == f"priorauth, version {__version__}\n"
    done = shell("check", "nosuch.yaml", cwd=tmp_path)
    assert done.code == 2
    assert done.err.startswith("nosuch.yaml: error: there is no such file.")


# --- when it cannot go on -------------------------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_an_interrupted_command_stops_in_a_word(tmp_path: Path) -> None:
    """Ctrl-C is told as such: no traceback, nothing written, exit code 2."""
    pipe = tmp_path / "case.yaml"
    os.mkfifo(pipe)
    # Where the suite itself runs in the background, Ctrl-C is ignored and so inherited: a command
    # that a person starts never is, so the child begins as theirs would.
    start = (
        "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
        "from priorauth.cli import main; main()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", start, "letter", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        encoding="utf-8",
    ) as process:
        writer = os.open(pipe, os.O_WRONLY)  # waits until the command reads
        process.send_signal(signal.SIGINT)
        try:
            out, err = process.communicate(timeout=30)
        finally:
            process.kill()
            os.close(writer)
    assert process.returncode == 2
    assert (out, err.strip()) == ("", "Stopped.")
    assert [path.name for path in tmp_path.iterdir()] == ["case.yaml"]


BROKEN = """
import sys
import priorauth.pipeline as pipeline
from priorauth.cli import main
def broken(*told, **more):
    patient = "Dana Whitfield, U1234567801"
    raise {error}(patient)
pipeline.{step} = broken
main(sys.argv[1:])
"""


@pytest.mark.parametrize(
    ("step", "error"),
    [("weigh", "KeyError"), ("weigh", "MemoryError"), ("html", "ValueError"), ("pdf", "OSError")],
)
def test_a_mistake_of_the_program_tells_nothing_of_the_patient(
    step: str, error: str, sample: Callable[[str], Path], tmp_path: Path
) -> None:
    """What goes wrong inside is told by its kind and place; exit code 2, and nothing is written."""
    case = sample("esketamine")
    options = ["--html"] if step == "html" else []
    code = BROKEN.format(error=error, step=step)
    command = [sys.executable, "-c", code, "letter", str(case), "--on", "2026-11-22", *options]
    done = subprocess.run(command, capture_output=True, check=False, cwd=tmp_path, encoding="utf-8")
    assert done.returncode == 2
    assert error in done.stderr
    assert [secret for secret in SECRETS if secret in done.stderr + done.stdout] == []
    assert not (tmp_path / "letter.pdf").exists()


SPY = """
open("seen", "w").close()
class plugin:
    new_schema_validator = staticmethod(lambda *told, **more: (None, None, None))
"""


@pytest.mark.parametrize("let_in", [True, False])
def test_no_plugin_of_another_package_sees_the_case(
    sample: Callable[[str], Path], tmp_path: Path, *, let_in: bool
) -> None:
    """Pydantic offers each value to what any installed package brings along, unless told not to."""
    about = tmp_path / "spy-1.0.dist-info"
    about.mkdir()
    (about / "entry_points.txt").write_text("[pydantic]\nspy = spy:plugin\n", "utf-8")
    (tmp_path / "spy.py").write_text(SPY, "utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    env.pop("PYDANTIC_DISABLE_PLUGINS", None)
    env |= {"PYDANTIC_DISABLE_PLUGINS": ""} if let_in else {}
    command = [sys.executable, "-m", "priorauth", "check", str(sample("esketamine"))]
    subprocess.run([*command, "--on", "2026-11-22"], check=True, cwd=tmp_path, env=env)
    assert let_in is (tmp_path / "seen").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("letter", "CASE", "--html", "-o", "CASE/letter.html"),
        ("new", "esketamine", "cigna", "-o", "CASE/case.yaml"),
        ("sample", "esketamine", "-o", "CASE/folder"),
        ("demo", "-o", "CASE/folder"),
        ("demo", "--force", "-o", "CASE"),
        ("sample", "esketamine", "-o", "CASE"),
    ],
)
def test_a_place_that_cannot_be_written_is_told(
    arguments: tuple[str, ...], sample: Callable[[str], Path], run: Run
) -> None:
    """A folder that is a file, or that may not be written: one sentence, no traceback."""
    case = sample("esketamine")
    before = case.read_bytes()
    done = run(*(word.replace("CASE", str(case)) for word in arguments))
    assert done.code == 2
    assert "mistake of its own" not in done.err
    assert str(case) in done.err
    assert case.read_bytes() == before


@pytest.mark.parametrize(
    "damage",
    [
        ("birth_date: 1977-07-17", "birth_date: 1977-13-17"),
        ("birth_date: 1977-07-17", "birth_date: 2027-07-17"),
        ("member_id: U1234567801", "member_id: U1234567801!!"),
        ("member_id: U1234567801", "membre_id: U1234567801"),
        ("{given: Dana, family: Whitfield}", "{given: Dana, familly: Whitfield}"),
        ("{given: Dana, family: Whitfield}", "[Dana, Whitfield]"),
        ("{given: Dana, family: Whitfield}", "{given: Dana, family: Whitfield"),
        ("{given: Dana, family: Whitfield}", "&dana {given: Dana, family: Whitfield}"),
        ("{given: Dana, family: Whitfield}", "!!python/name:Dana.Whitfield"),
        ("{given: Dana, family: Whitfield}", "{given: Dana, given: Whitfield}"),
        ("service: esketamine", "service: Whitfield"),
        ("payer: cigna", "payer: {Dana: Whitfield}"),
        ('npi: "1234567893"', 'npi: "1977071700"'),
        ("total: 23", "total: Whitfield"),
        ("outcome: no_response", "outcome: Whitfield"),
        ("drug: sertraline", "drug: Whitfield"),
        ("file: notes.pdf", "file: Whitfield.pdf"),
    ],
)
@pytest.mark.parametrize("command", ["check", "letter"])
def test_a_problem_is_told_without_the_patient(
    command: str, damage: tuple[str, str], sample: Callable[[str], Path], run: Run
) -> None:
    """No message repeats a value of the case: not its name, its id or its date of birth."""
    case = sample("esketamine")
    text = case.read_text("utf-8").replace("1984-03-09", "1977-07-17")
    assert damage[0] in text
    case.write_text(text.replace(*damage, 1), "utf-8")
    done = run(command, case, "--on", "2026-11-22")
    assert done.code == 2
    assert re.match(rf"{re.escape(str(case))}:\d+: error: ", done.err)
    assert [secret for secret in SECRETS if secret in done.err + done.out] == []
