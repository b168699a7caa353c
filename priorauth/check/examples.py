"""Hold a policy against its worked examples.

Not for a case: that is `pipeline`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from priorauth import intake, samples
from priorauth.criteria import Answer, Facts, Finding, weigh
from priorauth.datafile import Datafile
from priorauth.problems import Place, Problem, Severity, UnreadableError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from priorauth.library import Library, PolicyFile
    from priorauth.payer import Example, Examples, Version


@dataclass(frozen=True)
class ExampleResult:
    """One worked example as weighed: what was expected and what came out, by criterion."""

    policy: PolicyFile
    example: Example
    expected: dict[str, str]
    found: dict[str, str]

    @property
    def passed(self) -> bool:
        """Return whether every expected finding came out."""
        return all(self.found.get(name) == answer for name, answer in self.expected.items())


def run_examples(library: Library, file: PolicyFile) -> Iterator[ExampleResult]:
    """Yield the result of each worked example of a policy.

    Raises UnreadableError when the examples, or a case that they make, are not right.
    """
    examples = library.examples(file)
    if examples:
        yield from (run_example(examples, example, file) for example in examples.examples)


def example_data(file: PolicyFile, examples: Examples, example: Example) -> Datafile:
    """Return the case of a worked example as a file's values: its base with what it changes.

    Raises UnreadableError where it changes what the base case does not have.
    """
    name = f"{file.path.name}: {example.name}"
    raw = _changed(name, _base(examples.base), examples.change, examples.remove)
    if examples.service:
        raw = _changed(name, raw, {"request.service": examples.service}, ())
    return Datafile(name, _changed(name, raw, example.change, example.remove))


@lru_cache(maxsize=32)
def _base(name: str) -> Any:  # noqa: ANN401 - a case file's values, which nobody changes
    return samples.read(name).value


def run_example(examples: Examples, example: Example, file: PolicyFile) -> ExampleResult:
    """Return the result of one worked example.

    Raises UnreadableError when the case that it makes is not right, UnknownSampleError.
    """
    day = example.on or examples.on
    read = intake.understand(example_data(file, examples, example), day)
    if read.case is None:
        raise UnreadableError(read.problems)
    version = file.policy.version_on(day)
    finding = _weighed(version, Facts(read.case, day)) if version else None
    return ExampleResult(file, example, _expected(example), _answers(finding, version))


def _expected(example: Example) -> dict[str, str]:
    return {**example.expect, **({"version": example.version} if example.version else {})}


def _weighed(version: Version, facts: Facts) -> Finding | None:
    criteria = version.criteria_for(facts.case.weighed_as)
    return weigh(criteria, facts, version.source.mark) if criteria else None


def _answers(finding: Finding | None, version: Version | None) -> dict[str, str]:
    """Return the answers by criterion id, with `overall` and `version`."""
    answers = {"version": version.id if version else ""}
    if finding is None:
        return answers | {"overall": Answer.UNKNOWN.value}
    pending = [finding]
    while pending:
        one = pending.pop()
        answers[one.id] = one.answer.value
        pending += one.parts
    return answers | {"overall": finding.answer.value}


def _changed(name: str, raw: Any, change: dict[str, Any], remove: tuple[str, ...]) -> Any:  # noqa: ANN401
    """Return a case's values with some replaced, added (`treatments.9`) or removed.

    What no path leads to is shared with the values that were given, which stay as they are.
    Raises UnreadableError where a path leads nowhere.
    """
    touched = {path.partition(".")[0] for path in (*change, *remove)}
    changed = {key: _copy(raw[key]) if key in touched else raw[key] for key in raw}
    path = ""
    try:
        for path, value in change.items():
            *front, last = path.split(".")
            _set(_walk(changed, front), last, value)
        for path in sorted(remove, key=_place_in, reverse=True):  # the last first: places stay
            *front, last = path.split(".")
            _remove(_walk(changed, front), last)
    except (AttributeError, LookupError, TypeError, ValueError):
        what = "this path leads nowhere in the base case"
        fix = "Write keys and places from 0 with dots between them, such as treatments.0.outcome."
        problem = Problem(Severity.ERROR, Place(name, 0, path), what, fix)
        raise UnreadableError([problem]) from None
    return changed


def _copy(value: Any) -> Any:  # noqa: ANN401
    """Return a copy of values as a file holds them: quicker than a copy of just anything."""
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _place_in(path: str) -> list[tuple[int, str]]:
    return [(int(key) if key.isdecimal() else -1, key) for key in path.split(".")]


def _walk(value: Any, path: list[str]) -> Any:  # noqa: ANN401
    for key in path:
        value = value[int(key)] if isinstance(value, list) else value.setdefault(key, {})
    return value


def _set(holder: Any, key: str, value: Any) -> None:  # noqa: ANN401
    if not isinstance(holder, list):
        holder[key] = value
    elif int(key) < len(holder):
        holder[int(key)] = value
    else:
        holder.append(value)


def _remove(holder: Any, key: str) -> None:  # noqa: ANN401
    del holder[int(key) if isinstance(holder, list) else key]
