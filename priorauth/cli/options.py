"""The options that several commands share: the day, the library, where to write."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from priorauth.library import Library, shipped
from priorauth.problems import PriorAuthError

Command = TypeVar("Command", bound=Callable[..., Any])


class _Day(click.ParamType[date]):
    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail("Write the day as year-month-day: 2026-11-22.", param, ctx)


def on_option(command: Command) -> Command:
    """Add `--on DAY`, which defaults to today: the only place that asks the clock."""
    about = "The day of the request, as 2026-11-22; today when left out."
    return _day_option(date.today, about)(command)


def on_sample_day(sample_day: date, about: str) -> Callable[[Command], Command]:
    """Add `--on DAY` for what is shown with samples, which tell of the days before one day."""
    return _day_option(sample_day.isoformat(), about)


def _day_option(default: Callable[[], date] | str, about: str) -> Callable[[Command], Command]:
    shown = isinstance(default, str)
    return click.option("--on", "day", type=_Day(), default=default, show_default=shown, help=about)


def library_option(command: Command) -> Command:
    """Add `--library DIR`: a folder with payers/ and templates/ that lies over the shipped one."""
    return click.option(
        "--library",
        callback=_library,
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="A folder with payers/ and templates/ of your own; they lie over the shipped ones.",
    )(command)


def _library(ctx: click.Context, param: click.Parameter, own: Path | None) -> Library:
    """Return the library: with the folder given, else with one that stands where we run."""
    del ctx, param
    here = Path.cwd()
    stands_here = (here / "payers").is_dir() or (here / "templates").is_dir()
    if own is None and stands_here and here.resolve() != shipped().resolve():
        own = Path()  # so that messages name files as they are seen from here
    return Library.open(own)


def output_options(default: str | None, shown: str = "") -> Callable[[Command], Command]:
    """Add `-o FILE` and `--force`; a default that depends is only `shown`."""

    def add(command: Command) -> Command:
        command = click.option(
            "--force", is_flag=True, help="Replace a file that is there already."
        )(command)
        return click.option(
            "-o",
            "--output",
            type=click.Path(path_type=Path),
            default=default,
            show_default=shown or True,
            help="Where to write.",
        )(command)

    return add


class ExistsError(PriorAuthError):
    """The file to be written is there already."""

    def __init__(self, path: Path) -> None:
        """Name the file and the way out."""
        super().__init__(f"{path} is there already. Add --force to replace it.")


class BegunError(PriorAuthError):
    """The file of the library that is to be begun is there already."""

    def __init__(self, path: Path) -> None:
        """Name the file and the way out."""
        super().__init__(
            f"{path} is there already. Change it there, or move it away to begin anew."
        )


class UnwritableError(PriorAuthError):
    """The file cannot be written."""

    def __init__(self, path: Path, reason: str) -> None:
        """Name the file and the reason."""
        super().__init__(f"{path} cannot be written ({reason}). Check the folder.")


class FolderError(PriorAuthError):
    """A folder is named where a file is to be written."""

    def __init__(self, path: Path) -> None:
        """Name the folder and the way out."""
        super().__init__(f"{path} is a folder. Name a file in it, such as {path}/letter.pdf.")


def refuse_existing(path: Path, *, force: bool) -> None:
    """Raise ExistsError or FolderError when something is there that may not be replaced."""
    try:
        if path.is_dir():
            raise FolderError(path)
        if path.exists() and not force:
            raise ExistsError(path)
    except OSError as error:
        raise UnwritableError(path, error.strerror or "no reason given") from None


def write(path: Path, content: bytes, *, force: bool) -> None:
    """Write a file whole or not at all, readable by its owner alone.

    Raises ExistsError or UnwritableError; then what was there is as it was.
    """
    write_all({path: content}, force=force)


def write_all(contents: Mapping[Path, bytes], *, force: bool) -> None:
    """Write several files, all of them whole or none, readable by their owner alone.

    Raises ExistsError or UnwritableError; then what was there is as it was.
    """
    for path in contents:
        refuse_existing(path, force=force)
    _put(contents)


def begin_all(
    contents: Mapping[Path, bytes], *, beside: Mapping[Path, bytes] | None = None
) -> None:
    """Write files of the library, which hold no patient, readable as any file of the user's is.

    Those `beside` are the program's own, and replaced. Raises BegunError or UnwritableError; then
    what was there is as it was.
    """
    try:
        for path in contents:
            refuse_existing(path, force=False)
    except ExistsError as error:
        raise BegunError(path) from error
    _put({**contents, **(beside or {})}, shared=True)


def _put(contents: Mapping[Path, bytes], *, shared: bool = False) -> None:
    with ExitStack() as undo:  # an interruption too leaves no half file with patient data
        fresh = [_beside(path, content, undo) for path, content in contents.items()]
        if shared:
            for new in fresh:
                new.chmod(0o666 & ~_umask())
        for path, new in zip(contents, fresh, strict=True):
            _replace(path, new, undo)
        undo.pop_all()
    for new in fresh:
        _old(new).unlink(missing_ok=True)


def _beside(path: Path, content: bytes, undo: ExitStack) -> Path:
    """Return a new file with this content in the folder of `path`."""
    import tempfile  # noqa: PLC0415 - only for what is written: a check starts quickly

    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".priorauth-")
        undo.callback(Path(name).unlink, missing_ok=True)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UnwritableError(path, error.strerror or "no reason given") from None
    return Path(name)


def _umask() -> int:
    """Return what the user's files are not open for; it cannot be read without being set."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _replace(path: Path, new: Path, undo: ExitStack) -> None:
    """Put a new file in its place; what was there is kept beside it until all are in place."""
    try:
        if path.exists():
            undo.callback(_old(new).unlink, missing_ok=True)
            _keep(path, _old(new))
            undo.callback(_old(new).replace, path)
        else:
            undo.callback(path.unlink, missing_ok=True)
        new.replace(path)
    except OSError as error:
        raise UnwritableError(path, error.strerror or "no reason given") from None


def _keep(path: Path, old: Path) -> None:
    try:
        os.link(path, old)  # so that at no moment there is nothing
    except OSError:
        path.replace(old)  # a file system without links


def _old(new: Path) -> Path:
    """Return where the file that `new` replaces waits until all are in place."""
    return new.with_suffix(".old")
