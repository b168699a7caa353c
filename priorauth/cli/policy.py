"""The commands on policies: one in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth import explain as words
from priorauth.cli import show
from priorauth.cli.new import UnknownServiceError
from priorauth.cli.options import library_option, on_option
from priorauth.cli.payer import UnknownPayerError
from priorauth.payer import leaves
from priorauth.problems import PriorAuthError, errors, listed
from priorauth.reference import services

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.library import Library, LibraryPayer, PolicyFile
    from priorauth.payer import Citation, Part, Version


class NoPolicyError(PriorAuthError):
    """A payer has no policy for a service."""

    def __init__(self, found: LibraryPayer) -> None:
        """Name the services that it has policies for."""
        known = sorted({name for file in found.policies for name in file.policy.services})
        on_file = f"It has policies for {listed(known, 'and')}." if known else "It has none."
        super().__init__(f"No policy of {found.id} for this service is on file. {on_file}")


@click.command()
@click.argument("payer")
@click.argument("service")
@on_option
@library_option
def explain(payer: str, service: str, day: date, library: Library) -> int:
    """Explain PAYER's policy for SERVICE in words, to lay beside the payer's own document.

    Says what each criterion asks and how it is measured, where it was read, and what was not.
    """
    found = library.find(payer)
    if found is None:
        raise UnknownPayerError(library, payer)
    known = services.find(service)
    if known is None:
        raise UnknownServiceError(service)
    files = [file for file in found.policies if known.id in file.policy.services]
    show.problems(found.problems)
    if not files:
        raise NoPolicyError(found)
    for file in files:
        for line in _policy(file, found, day):
            click.echo(line)
    return 2 if errors(found.problems) else 0


def _policy(file: PolicyFile, found: LibraryPayer, day: date) -> Iterator[str]:
    name = found.payer.name if found.payer else found.id
    number = f" ({file.policy.number})" if file.policy.number else ""
    yield f"{name}: {file.policy.title}{number}"
    yield f"File: payers/{found.id}/{file.path.name}"
    yield from _limits(file)
    governing = file.policy.in_force(day)
    others = [version for version in file.policy.versions if version not in governing]
    for version in governing:
        yield ""
        yield from _version(version, day)
    if not governing:
        yield f"No version is in force on {day}."
    for version in others:
        yield ""
        yield f"Not in force on {day}: version {version.id}, {_in_force(version)}"
    yield ""


def _limits(file: PolicyFile) -> Iterator[str]:
    plans = [kind.value.replace("_", " ") for kind in file.policy.lines_of_business]
    benefits = [kind.value for kind in file.policy.benefits]
    if plans:
        yield f"For plans of these lines of business: {listed(plans, 'and')}"
    if benefits:
        yield f"For the {listed(benefits, 'and')} benefit"


def _in_force(version: Version) -> str:
    until = f" to {version.effective_to}" if version.effective_to else ""
    return f"from {version.effective_from}{until}: {version.stance.value.replace('_', ' ')}"


def _version(version: Version, day: date) -> Iterator[str]:
    yield f"Version {version.id}, {_in_force(version)}"
    if not version.surely_covers(day):
        yield from show.wrapped(f"Its exact days are not known: it may not be in force on {day}.")
    yield from _source(version.source)
    if version.indication:
        yield f"For {version.indication}"
    yield from _criteria("What it asks", version.criteria)
    yield from _criteria(
        "What a renewal asks", version.renewal.criteria if version.renewal else None
    )
    for label, text in words.terms(version):
        yield from show.wrapped(f"{label}: {text}", hang=2)
    for line in version.notes:
        yield from show.wrapped(f"Note: {line}", hang=2)
    for line in version.not_read:
        yield from show.wrapped(f"Not read, and so not weighed: {line}", hang=2)
    yield from _table(version)


def _source(source: Citation) -> Iterator[str]:
    who = "the payer's own document" if source.read == "own_document" else "a secondary page"
    number = f" {source.number}" if source.number else ""
    page = f", {source.page}" if source.page else ""
    yield from show.wrapped(f"Source: {source.title}{number}{page}", hang=2)
    if source.url:
        yield f"  {source.url}"
    yield f"  {who}, read on {source.read_on}, mark {source.mark}"
    if source.note:
        yield from show.wrapped(source.note, "  ")


def _criteria(title: str, part: Part | None) -> Iterator[str]:
    if part is None:
        return
    yield ""
    yield title
    for number, depth, asked, measured in words.outline(part):
        lead = "  " + "    " * depth
        yield from show.wrapped(f"{number}. {asked or ''}", lead, hang=len(number) + 2)
        if measured != asked:
            yield from show.wrapped(f"Measured: {measured}", lead + " " * (len(number) + 2))
    yield ""


def _table(version: Version) -> Iterator[str]:
    parts = (version.criteria, version.renewal.criteria if version.renewal else None)
    found = [leaf for part in parts if part for leaf in leaves(part)]
    if not found:
        return
    rows = [
        ((leaf.id, str(leaf.kind), str(leaf.mark or version.source.mark), leaf.cite or ""), "")
        for leaf in found
    ]
    yield ""
    yield "The criteria as the file has them"
    yield from show.table(("id", "kind", "mark", "cited at"), rows)
