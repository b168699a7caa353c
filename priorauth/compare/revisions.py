"""The library of a git revision, written into a folder of its own.

Not for changing a repository: it is only read, and nothing is fetched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

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
    """The revision holds a link."""

    def __init__(self, revision: str) -> None:
        """Say what is in the way."""
        super().__init__(
            f"The revision {revision} holds a link in payers/ or templates/, and is not read. "
            "Compare a folder in which the file itself stands."
        )


def write_out(revision: str, folder: Path, into: Path) -> None:
    """Write `payers/` and `templates/` of `folder` as they were in a revision.

    Raises NoGitError, NoRepositoryError, NoRevisionError, EmptyRevisionError or, for a link,
    UnsafeRevisionError.
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
    # Not `archive`: that runs the repository's own filters, which can be any command.
    listed = _asked(git, above, "ls-tree", "-r", "-z", tree) or b""
    files = [_Entry.of(one) for one in listed.split(b"\0") if one]
    wanted = [one for one in files if one.path.parts[0] in FOLDERS]
    if not wanted:
        raise EmptyRevisionError(revision, folder.resolve())
    if any(one.is_unsafe for one in wanted):
        raise UnsafeRevisionError(revision)
    for one in wanted:
        target = into / one.path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_asked(git, above, "cat-file", "blob", one.object) or b"")


@dataclass(frozen=True)
class _Entry:
    """A file of a tree, as `ls-tree` lists it."""

    mode: str
    object: str
    path: PurePosixPath

    @classmethod
    def of(cls, listed: bytes) -> _Entry:
        """Return the entry that a record of `ls-tree -z` tells of."""
        facts, _, path = listed.partition(b"\t")
        mode, _, name = facts.decode("ascii").split()
        return cls(mode, name, PurePosixPath(os.fsdecode(path)))

    @property
    def is_unsafe(self) -> bool:
        """Return whether it is no plain file: a link, or another repository."""
        return self.mode not in {"100644", "100755"} or ".." in self.path.parts


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
