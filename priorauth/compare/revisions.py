"""The library of a git revision, written into a folder of its own.

Not for changing a repository: it is only read, and nothing is fetched.
"""

from __future__ import annotations

import io
import os
import shutil
import subprocess
import tarfile
from pathlib import Path

from priorauth.compare.side import FOLDERS
from priorauth.problems import PriorAuthError


class NoGitError(PriorAuthError):
    """Git is not installed."""

    def __init__(self, revision: str) -> None:
        """Say what can be done with and without it."""
        super().__init__(
            f"{revision} is no folder here, and git is not installed, which would find a revision "
            "of that name. Install git, or name two folders."
        )


class NoRepositoryError(PriorAuthError):
    """The folder is not under git."""

    def __init__(self, revision: str, folder: Path) -> None:
        """Name the folder, and what to name instead."""
        super().__init__(
            f"{revision} is no folder here, and {folder} is not in a git repository, so it is no "
            "revision either. Name two folders that hold payers/ or templates/."
        )


class NoRevisionError(PriorAuthError):
    """The repository has no such revision."""

    def __init__(self, revision: str, folder: Path) -> None:
        """Say what revisions look like."""
        super().__init__(
            f"{revision} is neither a folder nor a git revision of {folder}. Name a commit, a "
            "branch or a tag, such as HEAD or HEAD~1; `git log --oneline` lists the commits."
        )


class EmptyRevisionError(PriorAuthError):
    """The revision holds no library at this place."""

    def __init__(self, revision: str, folder: Path) -> None:
        """Say what was looked for."""
        super().__init__(
            f"The revision {revision} has neither payers/ nor templates/ in {folder}. Run the "
            "command where these folders stand, or name that place with --library."
        )


class UnsafeRevisionError(PriorAuthError):
    """The revision holds a link that leads out of it."""

    def __init__(self, revision: str) -> None:
        """Say what is in the way."""
        super().__init__(
            f"The revision {revision} holds a link that leads out of payers/ or templates/, and is "
            "not read. Compare a folder in which the file itself stands."
        )


def write_out(revision: str, folder: Path, into: Path) -> None:
    """Write `payers/` and `templates/` of `folder` as they were in a revision.

    Raises NoGitError, NoRepositoryError, NoRevisionError, EmptyRevisionError or, for a link that
    leads out, UnsafeRevisionError.
    """
    git = shutil.which("git")
    if git is None:
        raise NoGitError(revision)
    inside = _asked(git, folder, "rev-parse", "--show-prefix")
    top = _asked(git, folder, "rev-parse", "--show-toplevel")
    if inside is None or top is None:
        raise NoRepositoryError(revision, folder.resolve())
    verify = ("rev-parse", "--verify", "--quiet", "--end-of-options")
    commit = _asked(git, folder, *verify, f"{revision}^{{commit}}")
    if commit is None:
        raise NoRevisionError(revision, folder.resolve())
    tree, above = f"{_line(commit)}:{_line(inside)}", Path(_line(top))
    listed = _asked(git, above, "ls-tree", "-d", "--name-only", tree) or b""
    there = [name for name in FOLDERS if name in listed.decode().split("\n")]
    # In a folder below the top, git would look for that folder inside of the tree.
    packed = _asked(git, above, "archive", "--format=tar", tree, "--", *there) if there else None
    if packed is None:
        raise EmptyRevisionError(revision, folder.resolve())
    try:
        with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
            archive.extractall(into, filter="data")  # nothing outside of the folder
    except tarfile.FilterError:
        raise UnsafeRevisionError(revision) from None


def _line(answer: bytes) -> str:
    return os.fsdecode(answer).removesuffix("\n")


def _asked(git: str, folder: Path, *arguments: str) -> bytes | None:
    """Return what git answers; None when it answers with an error."""
    done = subprocess.run(  # noqa: S603 - git itself, with a commit that it has named
        [git, "-C", str(folder), *arguments],
        capture_output=True,
        check=False,
        env={**os.environ, "GIT_NO_LAZY_FETCH": "1"},
    )
    return done.stdout if done.returncode == 0 else None
