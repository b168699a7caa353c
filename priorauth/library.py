"""Read `payers/` and `templates/`, and find the policy version that governs a service on a day.

Not for weighing. A folder of the user's own lies over the shipped one, file by file; one broken
file is a problem that is shown, and never hides or blocks its neighbours.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

from pydantic import ValidationError

from priorauth import datafile, fields
from priorauth.payer import Examples, Payer, Policy, Version
from priorauth.problems import Problem, Severity, UnreadableError, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.case import Case, Coverage
    from priorauth.codes import Record
    from priorauth.datafile import Datafile

_PACKAGE = Path(__file__).parent
_EXAMPLES = ".examples"
_PAYER = "payer.yaml"
AnyRecord = TypeVar("AnyRecord", bound="Record")


def shipped() -> Path:
    """Return the folder that holds the shipped `payers/` and `templates/`."""
    inside = _PACKAGE / "shipped"
    return inside if inside.is_dir() else _PACKAGE.parent


class PolicyFile(NamedTuple):
    """A policy with where it stands."""

    id: str
    payer_id: str
    path: Path
    policy: Policy


class Governing(NamedTuple):
    """The policy version that governs a request, and those that may govern in its place."""

    file: PolicyFile
    version: Version
    others: tuple[Version, ...] = ()

    @property
    def title(self) -> str:
        """Return the policy's title with its number, as the letter names it."""
        policy = self.file.policy
        return f"{policy.number}, {policy.title}" if policy.number else policy.title


class FormFiles(NamedTuple):
    """Where a form's map stands, and its PDF if it is there."""

    id: str  # `texas-standard/nofr001`
    map: Path
    pdf: Path | None
    wanted: Path  # where the PDF is to be put: never into the shipped library


class LibraryPayer(NamedTuple):
    """A payer as read: its file when it is right, its policies that are right, all problems."""

    id: str
    payer: Payer | None
    policies: tuple[PolicyFile, ...]
    problems: tuple[Problem, ...] = ()

    def is_named(self, written: str) -> bool:
        """Return whether `written` is the id, the name or an alias, whatever the capitals."""
        return written.casefold().strip() in _names(self.id, self.payer)


class _About(NamedTuple):
    """A payer's own file as read: its model when it is there and right, and its problems."""

    model: Payer | None = None
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Library:
    """Folders of payers and templates, the user's own before the shipped one."""

    roots: tuple[Path, ...]
    _read: dict[str, LibraryPayer] = field(default_factory=dict, repr=False)
    _abouts: dict[str, _About] = field(default_factory=dict, repr=False)

    @classmethod
    def open(cls, own: Path | None = None) -> Library:
        """Return the shipped library with the user's own folder, if any, lying over it."""
        return cls((own, shipped()) if own else (shipped(),))

    @property
    def template_folders(self) -> tuple[Path, ...]:
        """Return the template folders, the first to be looked in first."""
        return tuple(root / "templates" for root in self.roots)

    @cached_property
    def payer_ids(self) -> tuple[str, ...]:
        """Return the ids of all payers, sorted."""
        return tuple(
            sorted(
                {
                    folder.name
                    for root in self.roots
                    if (root / "payers").is_dir()
                    for folder in (root / "payers").iterdir()
                    if folder.is_dir() and any(folder.glob("*.yaml"))
                }
            )
        )

    def payer(self, payer_id: str) -> LibraryPayer:
        """Return one payer by its id, with the problems of its files."""
        if payer_id not in self._read:
            self._read[payer_id] = self._read_payer(payer_id)
        return self._read[payer_id]

    def files(self, payer_id: str, name: str) -> tuple[Path, ...]:
        """Return the file of that name that counts for a payer; empty when there is none."""
        found = (root / "payers" / payer_id / name for root in self.roots)
        return tuple(path for path in found if path.is_file())[:1]

    def payers(self) -> tuple[LibraryPayer, ...]:
        """Return every payer."""
        return tuple(self.payer(payer_id) for payer_id in self.payer_ids)

    def find(self, written: str) -> LibraryPayer | None:
        """Return the payer whose id, name or alias is `written`, whatever the capitals."""
        if written in self.payer_ids:
            return self.payer(written)
        wanted = written.casefold().strip()
        named = (known for known in self.payer_ids if wanted in self._names(known))
        found = next(named, None)
        return self.payer(found) if found else None

    def unnamed(self) -> tuple[LibraryPayer, ...]:
        """Return the payers whose own file is not there or not right: their names are not known."""
        broken = (known for known in self.payer_ids if self._about(known).model is None)
        return tuple(self.payer(known) for known in broken)

    def nearest(self, written: str, likeness: float = 0.6) -> tuple[str, ...]:
        """Return the ids of payers whose names look like `written`."""
        by_name = {name: known for known in self.payer_ids for name in self._names(known)}
        return tuple(
            dict.fromkeys(by_name[name] for name in nearest(written, by_name, likeness=likeness))
        )

    def governing(self, case: Case, day: date) -> Governing | None:
        """Return the policy version that governs the case's request on `day`; None without one."""
        found = self.find(case.coverage.payer)
        if found is None:
            return None
        fitting = [
            Governing(file, versions[0], versions[1:])
            for file in found.policies
            if _fits(file.policy, case.request.service, case.coverage)
            if (versions := file.policy.in_force(day))
        ]
        return max(fitting, key=lambda g: _closeness(g, case.coverage), default=None)

    def lapsed(self, case: Case, day: date) -> bool:
        """Return whether a policy for this request is on file, none of it in force on `day`."""
        found = self.find(case.coverage.payer)
        fitting = [
            file.policy
            for file in (found.policies if found else ())
            if _fits(file.policy, case.request.service, case.coverage)
        ]
        return bool(fitting) and not any(policy.in_force(day) for policy in fitting)

    def for_other_plans(self, case: Case) -> tuple[Policy, ...]:
        """Return the payer's policies for this service that are not for this kind of plan."""
        found = self.find(case.coverage.payer)
        service = case.request.service
        return tuple(
            file.policy
            for file in (found.policies if found else ())
            if service in file.policy.services and not _fits(file.policy, service, case.coverage)
        )

    def examples(self, file: PolicyFile) -> Examples | None:
        """Return the worked examples of a policy, or None when it has none.

        Raises UnreadableError when the file is not right.
        """
        path = self.example_file(file)
        if path is None:
            return None
        read = _read(path, Examples)
        if read.model is None:
            raise UnreadableError(read.problems)
        return read.model

    def example_file(self, file: PolicyFile) -> Path | None:
        """Return where the worked examples of a policy stand, or None when it has none."""
        return self._files(file.payer_id).get(f"{file.id}{_EXAMPLES}.yaml")

    def form(self, form_id: str) -> FormFiles | None:
        """Return a form by its id, `payer/form`; None when there is no map of it."""
        folder, _, name = form_id.rpartition("/")
        place = Path("payers") / folder / "forms" / name
        maps = [path for root in self.roots if (path := root / f"{place}.yaml").is_file()]
        pdfs = [path for root in self.roots if (path := root / f"{place}.pdf").is_file()]
        if not maps or not folder:
            return None
        own = self.roots[0] if len(self.roots) > 1 else Path()
        return FormFiles(form_id, maps[0], pdfs[0] if pdfs else None, own / f"{place}.pdf")

    def forms(self) -> tuple[FormFiles, ...]:
        """Return every form that has a map, by its id."""
        ids = {
            f"{path.parts[-3]}/{path.stem}"
            for root in self.roots
            for path in (root / "payers").glob("*/forms/*.yaml")
        }
        found = (self.form(form_id) for form_id in sorted(ids))
        return tuple(form for form in found if form)

    def _files(self, payer_id: str) -> dict[str, Path]:
        """Return the payer's files by name, those of the user's own folder first."""
        found: dict[str, Path] = {}
        for root in self.roots:
            for path in sorted((root / "payers" / payer_id).glob("*.yaml")):
                found.setdefault(path.name, path)
        return found

    def _about(self, payer_id: str) -> _About:
        """Return what the payer's own file says: who it is, without its policies."""
        if payer_id not in self._abouts:
            path = self._files(payer_id).get(_PAYER)
            read = _read(path, Payer) if path else None
            self._abouts[payer_id] = _About(read.model, read.problems) if read else _About()
        return self._abouts[payer_id]

    def _names(self, payer_id: str) -> tuple[str, ...]:
        return _names(payer_id, self._about(payer_id).model)

    def _read_payer(self, payer_id: str) -> LibraryPayer:
        about = self._about(payer_id)
        problems = [*about.problems]
        policies: list[PolicyFile] = []
        for name, path in sorted(self._files(payer_id).items()):
            if name == _PAYER or path.stem.endswith(_EXAMPLES):
                continue
            found = _read(path, Policy)
            problems += found.problems
            if found.model:
                policies.append(PolicyFile(path.stem, payer_id, path, found.model))
                problems += _overlaps(found.data, found.model)
        return LibraryPayer(payer_id, about.model, tuple(policies), tuple(problems))


def _names(payer_id: str, payer: Payer | None) -> tuple[str, ...]:
    names = (payer.name, *payer.aliases) if payer else ()
    return tuple(name.casefold() for name in (payer_id, *names))


def _fits(policy: Policy, service: str, coverage: Coverage) -> bool:
    """Return whether a policy is for this service and this kind of plan."""
    lines, benefits = policy.lines_of_business, policy.benefits
    return (
        service in policy.services
        and (not lines or coverage.line_of_business in (None, *lines))
        and (not benefits or coverage.benefit is None or coverage.benefit in benefits)
    )


def _closeness(found: Governing, coverage: Coverage) -> tuple[int, date]:
    """Return how closely a policy speaks of this kind of plan, then how new the version is.

    One that names the plan's kind stands before one for every kind, and that before one for a
    kind that the case does not state.
    """
    policy = found.file.policy
    limits = (
        (coverage.line_of_business, policy.lines_of_business),
        (coverage.benefit, policy.benefits),
    )
    close = sum(1 if known else -1 for known, named in limits if named)
    return close, found.version.effective_from.first


class _Read(NamedTuple, Generic[AnyRecord]):
    """A library file as read: its model when it is right, and what is wrong with it."""

    data: Datafile
    model: AnyRecord | None
    problems: tuple[Problem, ...]


def _read(path: Path, kind: type[AnyRecord]) -> _Read[AnyRecord]:
    data = datafile.read(path)
    if data.value is None:
        return _Read(data, None, data.problems)
    try:
        model = kind.model_validate(data.value)
    except ValidationError as error:
        return _Read(data, None, (*data.problems, *fields.told(data, (), error, kind)))
    return _Read(data, None if data.problems else model, data.problems)


def _overlaps(data: Datafile, policy: Policy) -> Iterator[Problem]:
    """Yield a problem for each two versions that are surely in force at once on some day."""
    ordered = sorted(enumerate(policy.versions), key=lambda found: found[1].effective_from.first)
    for (place, earlier), (_, later) in combinations(ordered, 2):
        if earlier.effective_to is None or earlier.effective_to.first >= later.effective_from.last:
            yield Problem(
                Severity.WARNING,
                data.place(("versions", place)),
                f"the versions {earlier.id} and {later.id} are in force at once",
                f"Write `effective_to:` in {earlier.id}; the later one is used meanwhile.",
            )
