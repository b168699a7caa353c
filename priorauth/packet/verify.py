"""Whether a packet still matches what it was made from, by its manifest.

Not for making it anew: `pipeline.verify` does, once nothing here differs.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from priorauth import forms
from priorauth.packet import manifest as manifests
from priorauth.problems import Place, Problem, Severity

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.criteria import Verdict
    from priorauth.exhibits import Enclosed
    from priorauth.library import Library
    from priorauth.packet.manifest import Manifest, Source

_AGAIN = "Make the packet again."


def differences(
    made: Manifest,
    case_file: Path,
    verdict: Verdict,
    enclosed: Iterable[Enclosed],
    library: Library,
) -> Iterator[Problem]:
    """Yield what has changed since the packet was made: case, exhibits, policy, templates."""
    if made.case != manifests.digest(case_file.read_bytes()):
        what = "the case file is not as it was when the packet was made"
        yield _told(str(case_file), what, _AGAIN)
    yield from _exhibits(made, str(case_file), enclosed)
    governing = verdict.governing
    named = (governing.file.id, governing.version.id) if governing else ("", "")
    if named != (made.policy, made.version):
        yield _told("", "another policy version governs the request now", _AGAIN)
    yield from _sources("payers", made.library, manifests.files(rules(verdict, library)))
    payer_id = verdict.payer.id if verdict.payer else ""
    templates = manifests.templates(library.template_folders, payer_id)
    yield from _sources("templates", made.templates, templates)
    yield from _software(made)


def rules(verdict: Verdict, library: Library) -> Iterator[Path]:
    """Yield the files of the library that decide a packet: the payer's own, the policy."""
    if verdict.payer:
        yield from library.files(verdict.payer.id, "payer.yaml")
    if verdict.governing:
        yield verdict.governing.file.path
    for form in forms.needed(verdict, library).forms:
        yield form.pdf
        yield Path(form.file.data.name)


def _exhibits(made: Manifest, file: str, enclosed: Iterable[Enclosed]) -> Iterator[Problem]:
    then = {entry.letter: entry for entry in made.parts if entry.letter}
    now = {one.letter: one for one in enclosed}
    for letter in sorted(then.keys() | now.keys(), key=lambda name: (len(name), name)):
        if letter not in now:
            yield _told(file, f"exhibit {letter} of the packet is not in the case any more", _AGAIN)
        elif letter not in then:
            yield _told(file, f"exhibit {letter} of the case is not in the packet", _AGAIN)
        elif then[letter].sha256 != now[letter].sha256:
            yield _told(file, f"exhibit {letter}: its file has changed", _AGAIN)
        elif then[letter].pages != now[letter].pages:
            yield _told(file, f"exhibit {letter}: other pages of it are enclosed now", _AGAIN)


def _sources(folder: str, then: Iterable[Source], now: Iterable[Source]) -> Iterator[Problem]:
    old, new = ({one.name: one.sha256 for one in sources} for sources in (then, now))
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            yield _told(f"{folder}/{name}", "this file is not there any more", _AGAIN)
        elif name not in old:
            yield _told(f"{folder}/{name}", "this file was not there when it was made", _AGAIN)
        elif old[name] != new[name]:
            yield _told(f"{folder}/{name}", "this file has changed", _AGAIN)


def _software(made: Manifest) -> Iterator[Problem]:
    for name, version in manifests.versions().items():
        then = made.software.get(name, "unknown")
        if then != version:
            what = f"it was made with {name} {then}, and {version} is here"
            yield _told("", what, "The pages may come out otherwise: look before sending.")


def _told(file: str, what: str, fix: str) -> Problem:
    return Problem(Severity.WARNING, Place(file), what, fix)
