"""The commands on payers: list them, show one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from priorauth.cli import show
from priorauth.cli.options import library_option
from priorauth.explain import grouped
from priorauth.payer import All, AnyOf, AtLeast
from priorauth.problems import PriorAuthError, errors, listed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.library import Library, LibraryPayer, PolicyFile
    from priorauth.payer import Part, Version


class UnknownPayerError(PriorAuthError):
    """There is no payer of that name in the library."""

    def __init__(self, library: Library, written: str) -> None:
        """Name the payers that look like it, or all."""
        near = library.nearest(written) or library.payer_ids
        super().__init__(f"There is no payer of that name. Did you mean {listed(near)}?")


@click.command()
@library_option
def payers(library: Library) -> int:
    """List the payers and policies of the library."""
    found = library.payers()
    for one in found:
        name = one.payer.name if one.payer else "payer.yaml cannot be used"
        click.echo(f"{one.id:22} {name}")
        for file in one.policies:
            click.echo(f"{'':22}   {_policy_line(file)}")
    problems = [problem for one in found for problem in one.problems]
    show.problems(problems)
    return 2 if errors(problems) else 0


def _policy_line(file: PolicyFile) -> str:
    newest = max(file.policy.versions, key=lambda version: version.effective_from.first)
    stance = newest.stance.value.replace("_", " ")
    services = listed(file.policy.services, "and")
    return f"{file.id}: {services}, {stance} (version {newest.id}, mark {newest.source.mark})"


@click.group()
def payer() -> None:
    """Show one payer's policies with their sources, or begin a payer."""


@payer.command("show")
@click.argument("payer_id", metavar="ID")
@library_option
def show_payer(payer_id: str, library: Library) -> int:
    """Show the payer ID: its policies, versions, criteria and sources."""
    found = library.find(payer_id)
    if found is None:
        raise UnknownPayerError(library, payer_id)
    for line in _payer_lines(found):
        click.echo(line)
    show.problems(found.problems)
    return 2 if errors(found.problems) else 0


def _payer_lines(found: LibraryPayer) -> Iterator[str]:
    yield f"{found.id}: {found.payer.name if found.payer else 'payer.yaml cannot be used'}"
    if found.payer and found.payer.aliases:
        yield f"also written {listed(found.payer.aliases)}"
    if found.payer and not found.payer.addresses:
        yield "no address or fax is on file: write it in the case under coverage, send_to"
    own = found.payer.phrases.model_dump(exclude_none=True) if found.payer else {}
    for name, text in own.items():
        yield from show.wrapped(f"its own words, {name}: {text}", hang=2)
    for file in found.policies:
        yield ""
        yield f"{file.id}: {file.policy.title}" + (
            f" ({file.policy.number})" if file.policy.number else ""
        )
        for version in file.policy.versions:
            yield from _version_lines(version)


def _part(part: Part, lead: str) -> Iterator[str]:
    """Yield a criterion, or a group with its parts set deeper, as the file nests them."""
    if not isinstance(part, All | AnyOf | AtLeast):
        yield from show.wrapped(f"- {part.id}: {part.requirement}", lead, hang=2)
        return
    named = f"{part.id}: " if part.id else ""
    asked = f" ({part.requirement})" if part.requirement else ""
    yield from show.wrapped(f"- {named}{grouped(part)}{asked}", lead, hang=2)
    for inner in part.parts:
        yield from _part(inner, f"{lead}    ")


def _version_lines(version: Version) -> Iterator[str]:
    until = f" to {version.effective_to}" if version.effective_to else ""
    stance = version.stance.value.replace("_", " ")
    yield f"  version {version.id}, in force from {version.effective_from}{until}: {stance}"
    source = version.source
    who = "the payer's own document" if source.read == "own_document" else "a secondary page"
    yield from show.wrapped(
        f"source: {source.title}, {who}, read on {source.read_on}, "
        f"mark {source.mark}. {source.url or ''}",
        "    ",
    )
    if version.criteria:
        yield from _part(version.criteria, "    ")
    if version.renewal and version.renewal.criteria:
        yield "    for a renewal"
        yield from _part(version.renewal.criteria, "    ")
    for line in version.not_read:
        yield from show.wrapped(f"not read: {line}", "    ", hang=2)
