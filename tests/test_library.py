"""The library: folders file by file, broken files beside right ones, the version of the day."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from cases import DAY, case, policy, version, write

from priorauth import library as library_module
from priorauth.library import Governing, Library, shipped
from priorauth.payer import Policy
from priorauth.problems import Problem, Severity, UnreadableError

ADULT = {"id": "adult", "requirement": "18 or older", "kind": "age", "least": 18}
EXAMPLES: dict[str, Any] = {
    "base": "esketamine",
    "on": "2026-11-23",
    "examples": [{"name": "An adult is old enough.", "expect": {"adult": "met"}}],
}


BAD_EXAMPLES = """\
base: esketamine
on: 2026-11-23
examples:
  - name: An adult is old enough.
    expect: {adult: yes}
"""


def only(root: Path) -> Library:
    """Return a library of one folder, without the shipped one."""
    return Library((root,))


def told(problem: Problem, root: Path) -> str:
    """Return a problem as it is shown, with the folder cut off."""
    return str(problem).replace(f"{root}/payers/", "")


def governing(library: Library, day: date = DAY, **coverage: Any) -> Governing | None:  # noqa: ANN401
    """Return what governs a request to plan A on a day."""
    return library.governing(case(coverage={"payer": "plan-a", **coverage}), day)


# --- folders --------------------------------------------------------------------------------------


def test_the_shipped_library_holds_payers_and_templates() -> None:
    """The folder that travels with the program, or the checkout's."""
    assert (shipped() / "payers").is_dir()
    assert (shipped() / "templates" / "letter.html").is_file()
    assert Library.open().template_folders == (shipped() / "templates",)


def test_an_installed_program_finds_its_library_inside_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a wheel payers and templates stand in the package's folder `shipped`."""
    monkeypatch.setattr(library_module, "_PACKAGE", tmp_path)
    assert shipped() == tmp_path.parent
    (tmp_path / "shipped").mkdir()
    assert shipped() == tmp_path / "shipped"


def test_a_folder_of_the_users_own_lies_over_the_shipped_one(tmp_path: Path) -> None:
    """The own templates are looked in first; the shipped payers are still there."""
    write(tmp_path, "plan-a", payer={"name": "Plan A"})
    found = Library.open(tmp_path)
    assert found.template_folders == (tmp_path / "templates", shipped() / "templates")
    assert {"plan-a", *Library.open().payer_ids} == set(found.payer_ids)


def test_the_users_own_files_replace_shipped_ones_one_by_one(tmp_path: Path) -> None:
    """A file of the same name is the own one; its neighbours stay those that are shipped."""
    own, base = tmp_path / "own", tmp_path / "base"
    write(base, "plan-a", payer={"name": "Plan A"}, one=policy(version()), two=policy(version()))
    write(own, "plan-a", two=policy(version(id="mine")), three=policy(version()))
    [found] = Library((own, base)).payers()
    assert found.payer is not None
    assert found.payer.name == "Plan A"
    assert [(one.id, one.path.is_relative_to(own)) for one in found.policies] == [
        ("one", False),
        ("three", True),
        ("two", True),
    ]
    assert found.policies[2].policy.versions[0].id == "mine"


@pytest.mark.parametrize("where", ["own", "base"])
def test_worked_examples_are_found_file_by_file_too(tmp_path: Path, where: str) -> None:
    """The examples may stand in the other folder than the policy."""
    own, base = tmp_path / "own", tmp_path / "base"
    other = base if where == "own" else own
    write(tmp_path / where, "plan-a", one=policy(version(criteria=ADULT)))
    write(other, "plan-a", one__examples=EXAMPLES)
    library = Library((own, base))
    [file] = library.payer("plan-a").policies
    examples = library.examples(file)
    assert examples is not None
    assert examples.examples[0].name == "An adult is old enough."


def test_a_policy_may_have_no_examples(tmp_path: Path) -> None:
    """Then there is nothing to hold it against."""
    library = only(write(tmp_path, "plan-a", one=policy(version())))
    [file] = library.payer("plan-a").policies
    assert library.examples(file) is None


def test_examples_that_are_not_right_say_where(tmp_path: Path) -> None:
    """With file and line."""
    root = write(
        tmp_path,
        "plan-a",
        one=policy(version()),
        one__examples=BAD_EXAMPLES,
    )
    library = only(root)
    [file] = library.payer("plan-a").policies
    with pytest.raises(UnreadableError) as caught:
        library.examples(file)
    assert [told(problem, root) for problem in caught.value.problems] == [
        (
            "plan-a/one.examples.yaml:5: error: examples.0.expect.adult: is none of the words "
            "that can stand here. Write one of: met, not_met or unknown."
        )
    ]


def test_only_folders_with_files_are_payers(tmp_path: Path) -> None:
    """An empty folder and a loose file are none, and a library without payers has none."""
    write(tmp_path, "plan-b", payer={"name": "Plan B"})
    write(tmp_path, "plan-a", payer={"name": "Plan A"})
    (tmp_path / "payers" / "empty").mkdir()
    (tmp_path / "payers" / "notes.yaml").write_text("name: No payer\n", "utf-8")
    assert only(tmp_path).payer_ids == ("plan-a", "plan-b")
    assert only(tmp_path / "payers").payer_ids == ()


# --- broken files ---------------------------------------------------------------------------------

BROKEN = """\
title: Spravato
services: [esketamine]
versions:
  - id: v1
    effective_from: 2025
    stance: covered
    source: {title: A policy, read_on: 2026-11-22, read: own_document, mark: V}
    criteria:
      all:
        - id: trials
          requirement: Two trials of six weeks
          kind: failed_trials
          least: two
          week: 6
"""


def test_a_broken_policy_says_where_and_hides_nothing_beside_it(tmp_path: Path) -> None:
    """Every mistake with file and line; the payer and its other policies are there."""
    root = write(
        tmp_path,
        "plan-a",
        payer={"name": "Plan A"},
        broken=BROKEN,
        right=policy(version()),
        unreadable="title: [Spravato\n",
    )
    found = only(root).payer("plan-a")
    assert found.payer is not None
    assert [one.id for one in found.policies] == ["right"]
    assert [told(problem, root) for problem in found.problems[:2]] == [
        (
            "plan-a/broken.yaml:13: error: versions.0.criteria.all.0.least: must be a whole "
            "number. Write the number alone, such as 2."
        ),
        (
            "plan-a/broken.yaml:14: error: versions.0.criteria.all.0: a key here is not known. "
            "Did you mean `weeks`?"
        ),
    ]
    assert told(found.problems[2], root).startswith(
        "plan-a/unreadable.yaml:1: error: the file is not readable as YAML here."
    )
    assert {problem.severity for problem in found.problems} == {Severity.ERROR}


@pytest.mark.parametrize(
    ("criteria", "said"),
    [
        (
            {"all": [{"id": "a", "requirement": "A", "kind": "ages"}]},
            "criteria.all.0.kind: has no kind that is known here. Did you mean age?",
        ),
        (
            {"all": [{"id": "a", "requirement": "A"}]},
            "criteria.all.0: has no kind that is known here. Write `kind:` with age, diagnosis, ",
        ),
        (
            [{"id": "a", "requirement": "A", "kind": "age"}],
            "criteria: must be a group, not a list. Write `all:`, or `any:`, on a line above",
        ),
    ],
)
def test_a_kind_that_is_not_known_is_told_with_the_nearest(
    criteria: Any,  # noqa: ANN401 - a policy file's values
    said: str,
    tmp_path: Path,
) -> None:
    """Or with all kinds, or with the group that is missing around them."""
    own = policy(version(stance="covered", criteria=criteria))
    root = write(tmp_path, "plan-a", payer={"name": "Plan A"}, one=own)
    (problem,) = only(root).payer("plan-a").problems
    assert f"error: versions.0.{said}" in str(problem)


def test_a_broken_payer_file_leaves_its_policies(tmp_path: Path) -> None:
    """The name is lost, and the policies still govern under the folder's name."""
    root = write(tmp_path, "plan-a", payer={"nam": "Plan A"}, one=policy(version()))
    found = only(root).payer("plan-a")
    assert found.payer is None
    assert [told(problem, root) for problem in found.problems] == [
        (
            "plan-a/payer.yaml:1: error: name: is missing. Write the name as the payer writes it "
            "itself."
        ),
        "plan-a/payer.yaml:1: error: a key here is not known. Did you mean `name`?",
    ]
    assert governing(only(root)) is not None


def test_a_key_that_stands_twice_breaks_the_file(tmp_path: Path) -> None:
    """Which of the two is meant is never guessed."""
    root = write(tmp_path, "plan-a", one=f"{BROKEN}title: Twice\n")
    found = only(root).payer("plan-a")
    assert found.policies == ()
    assert "plan-a/one.yaml:15: error: title: this key stands twice" in told(
        found.problems[0], root
    )


def test_a_broken_file_of_the_users_own_is_never_replaced_in_silence(tmp_path: Path) -> None:
    """The shipped policy of the same name does not come back while the own one is broken."""
    own, base = tmp_path / "own", tmp_path / "base"
    write(base, "plan-a", payer={"name": "Plan A"}, one=policy(version()))
    write(own, "plan-a", one=BROKEN)
    found = Library((own, base)).payer("plan-a")
    assert found.policies == ()
    assert len(found.problems) == 2


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([("2024-01-01", "2024-12-31"), ("2025-01-01", "")], []),
        ([("2024-01-01", ""), ("2025-01-01", "")], [("v0", "v1")]),
        ([("2024-01-01", "2025-01-01"), ("2025-01-01", "")], [("v0", "v1")]),
        ([("2024", "2024"), ("2025", "")], []),
        ([("2025", ""), ("2024", "2025")], []),
        ([("2025", ""), ("2024", "2025-12-31")], [("v1", "v0")]),
        ([("2025", ""), ("2024", "")], [("v1", "v0")]),
        (
            [("2020-01-01", "2026-12-31"), ("2021-01-01", "2021-12-31"), ("2023-01-01", "")],
            [("v0", "v1"), ("v0", "v2")],
        ),
    ],
)
def test_versions_that_can_be_in_force_at_once_are_a_warning(
    tmp_path: Path, spans: list[tuple[str, str]], expected: list[tuple[str, str]]
) -> None:
    """Every pair that surely overlaps, neighbours or not; the policy is used all the same."""
    versions = [
        version(id=f"v{place}", effective_from=first, **({"effective_to": last} if last else {}))
        for place, (first, last) in enumerate(spans)
    ]
    found = only(write(tmp_path, "plan-a", one=policy(*versions))).payer("plan-a")
    assert [f"{problem.what}. {problem.fix}" for problem in found.problems] == [
        f"the versions {earlier} and {later} are in force at once. "
        f"Write `effective_to:` in {earlier}; the later one is used meanwhile."
        for earlier, later in expected
    ]
    assert {problem.severity for problem in found.problems} <= {Severity.WARNING}
    assert len(found.policies) == 1


def test_an_overlap_is_told_with_the_line_of_the_earlier_version(tmp_path: Path) -> None:
    """The line of the version in which an end is to be written."""
    root = write(
        tmp_path, "plan-a", one=policy(version(id="new"), version(id="old", effective_from="2020"))
    )
    [problem] = only(root).payer("plan-a").problems
    text = (root / "payers" / "plan-a" / "one.yaml").read_text("utf-8").splitlines()
    assert problem.place.field == "versions.1"
    assert text[problem.place.line - 1] == "- id: old"


# --- finding a payer ------------------------------------------------------------------------------


@pytest.fixture
def two(tmp_path: Path) -> Library:
    """Return a library of two payers."""
    write(tmp_path, "plan-a", payer={"name": "Plan A of Kansas", "aliases": ["PAK", "Plan Æ"]})
    write(tmp_path, "plan-b", payer={"name": "Plan B"})
    return only(tmp_path)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plan-a", "plan-a"),
        ("PLAN-A", "plan-a"),
        ("plan a of kansas", "plan-a"),
        (" Plan A of Kansas ", "plan-a"),
        ("pak", "plan-a"),
        ("PLAN Æ", "plan-a"),
        ("Plan B", "plan-b"),
        ("Plan C", None),
        ("Plan A", None),
        ("", None),
    ],
)
def test_a_payer_is_found_by_id_name_or_alias(
    two: Library, written: str, expected: str | None
) -> None:
    """In any capitals, and whole: half a name is no payer."""
    found = two.find(written)
    assert expected == (found.id if found else None)


def test_near_names_are_offered(two: Library) -> None:
    """A slip of the pen leads to the payer that was meant, each once."""
    assert set(two.nearest("Plan C")) == {"plan-a", "plan-b"}
    assert two.nearest("Plan A off Kansas") == ("plan-a",)
    assert two.nearest("Medicare") == ()


def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the name of each file that is opened from now on is added."""
    names: list[str] = []
    really_open = Path.open

    def noted(path: Path, *args: Any, **more: Any) -> Any:  # noqa: ANN401 - as the method has it
        names.append(f"{path.parent.name}/{path.name}")
        return really_open(path, *args, **more)

    monkeypatch.setattr(Path, "open", noted)
    return names


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("plan-a", ["plan-a/one.yaml", "plan-a/payer.yaml"]),
        ("Plan B", ["plan-a/payer.yaml", "plan-b/one.yaml", "plan-b/payer.yaml"]),
        ("Plan Z", ["plan-a/payer.yaml", "plan-b/payer.yaml"]),
    ],
)
def test_no_policy_of_another_payer_is_read(
    written: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many payers there are: to know one by its name takes the payers' own files alone."""
    write(tmp_path, "plan-a", payer={"name": "Plan A", "aliases": ["PAK"]}, one=policy(version()))
    write(tmp_path, "plan-b", payer={"name": "Plan B"}, one=policy(version()))
    library = only(tmp_path)
    names = opened(monkeypatch)
    found = library.find(written)
    assert (found is None) == (written == "Plan Z")
    assert sorted(names) == expected


def test_payers_whose_names_are_not_known_are_told_with_all_their_problems(tmp_path: Path) -> None:
    """The payer that was not found may be one of them."""
    write(tmp_path, "plan-a", payer={"name": "Plan A"}, one=BROKEN)
    write(tmp_path, "plan-b", payer={"nam": "Plan B"}, one=BROKEN)
    write(tmp_path, "plan-c", one=policy(version()))
    found = only(tmp_path).unnamed()
    assert [one.id for one in found] == ["plan-b", "plan-c"]
    told_of = [Path(problem.place.file).name for problem in found[0].problems]
    assert [told_of[0], told_of[-1]] == ["payer.yaml", "one.yaml"]


def test_a_payer_is_read_once(two: Library) -> None:
    """Asking again gives the same value."""
    assert two.payer("plan-a") is two.payer("plan-a")


# --- the policy that governs ----------------------------------------------------------------------


def test_the_day_picks_the_version(tmp_path: Path) -> None:
    """From its first to its last day; before and between there is none."""
    versions = [
        version(id="old", effective_from="2023-01-01", effective_to="2023-12-31"),
        version(id="new", effective_from="2025-03-01"),
    ]
    library = only(write(tmp_path, "plan-a", one=policy(*versions)))
    picked = {
        "2022-12-31": None,
        "2023-01-01": "old",
        "2023-12-31": "old",
        "2024-06-01": None,
        "2025-02-28": None,
        "2025-03-01": "new",
        "2026-11-22": "new",
    }
    for day, expected in picked.items():
        found = governing(library, date.fromisoformat(day))
        assert expected == (found.version.id if found else None)


def test_of_overlapping_versions_the_later_governs(tmp_path: Path) -> None:
    """Until someone writes when the earlier one ended."""
    versions = [
        version(id="new", effective_from="2025-03-01"),
        version(id="old", effective_from="2020"),
    ]
    found = governing(only(write(tmp_path, "plan-a", one=policy(*versions))))
    assert found is not None
    assert found.version.id == "new"


@pytest.mark.parametrize(
    ("spans", "day", "expected"),
    [
        # The year is known in which one ended and the next began.
        ([("2020", "2025"), ("2025", "")], "2025-06-01", ["v1", "v0"]),
        ([("2020", "2025"), ("2025", "")], "2024-12-31", ["v0"]),
        ([("2020", "2025"), ("2025", "")], "2026-01-01", ["v1"]),
        # What surely has begun has taken the place of the one before.
        ([("2020", "2025"), ("2025-03-01", "")], "2025-02-28", ["v0"]),
        ([("2020", "2025"), ("2025-03-01", "")], "2025-03-01", ["v1"]),
        ([("2020", ""), ("2025", "")], "2025-06-01", ["v1", "v0"]),
        ([("2020", ""), ("2025", "")], "2025-12-31", ["v1"]),
        ([("2020", ""), ("2024", "2024"), ("2025", "")], "2025-06-01", ["v2", "v0"]),
        ([("2020-01-01", "2020-12-31")], "2021-01-01", []),
    ],
)
def test_dates_in_part_leave_more_than_one_version_possible(
    spans: list[tuple[str, str]], day: str, expected: list[str]
) -> None:
    """The latest first; it is the one that is shown."""
    versions = [
        version(id=f"v{place}", effective_from=first, **({"effective_to": last} if last else {}))
        for place, (first, last) in enumerate(spans)
    ]
    found = Policy.model_validate(policy(*versions))
    on = date.fromisoformat(day)
    assert expected == [one.id for one in found.in_force(on)]
    first = found.version_on(on)
    assert expected[:1] == ([first.id] if first else [])


def test_a_policy_governs_the_services_that_it_names(tmp_path: Path) -> None:
    """A policy on TMS says nothing of esketamine, and an unknown payer nothing at all."""
    library = only(write(tmp_path, "plan-a", one=policy(version(), services=["tms", "ect"])))
    assert governing(library) is None
    assert governing(library, payer="Plan Z") is None


def test_a_policy_is_named_with_its_number(tmp_path: Path) -> None:
    """As the letter names it."""
    library = only(write(tmp_path, "plan-a", one=policy(version(), number="BI734")))
    found = governing(library)
    assert found is not None
    assert found.title == "BI734, Spravato"
    bare = governing(only(write(tmp_path / "b", "plan-a", one=policy(version()))))
    assert bare is not None
    assert bare.title == "Spravato"


KINDS: list[tuple[dict[str, Any], dict[str, Any], bool]] = [
    ({}, {}, True),
    ({"lines_of_business": ["medicaid"]}, {"line_of_business": "medicaid"}, True),
    ({"lines_of_business": ["medicaid"]}, {"line_of_business": "commercial"}, False),
    ({"lines_of_business": ["medicaid"]}, {}, True),
    ({"benefits": ["medical"]}, {"benefit": "medical"}, True),
    ({"benefits": ["medical"]}, {"benefit": "pharmacy"}, False),
    ({"benefits": ["medical"]}, {}, True),
    (
        {"benefits": ["medical"], "lines_of_business": ["medicaid"]},
        {"benefit": "medical", "line_of_business": "commercial"},
        False,
    ),
]


@pytest.mark.parametrize(("limits", "coverage", "expected"), KINDS)
def test_a_policy_is_for_its_lines_of_business_and_benefits(
    tmp_path: Path, limits: dict[str, Any], coverage: dict[str, Any], *, expected: bool
) -> None:
    """One for another kind of plan does not govern; where the case does not say, it may."""
    library = only(write(tmp_path, "plan-a", one=policy(version(), **limits)))
    assert expected is (governing(library, **coverage) is not None)


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        ({"line_of_business": "medicaid"}, "medicaid"),
        ({"line_of_business": "commercial"}, "every"),
        ({}, "every"),
        ({"line_of_business": "medicaid", "benefit": "medical"}, "both"),
        ({"line_of_business": "medicaid", "benefit": "pharmacy"}, "medicaid"),
    ],
)
def test_the_policy_that_names_the_kind_of_plan_stands_before_one_for_all(
    tmp_path: Path, coverage: dict[str, Any], expected: str
) -> None:
    """However new the general one is; and a kind that is not known is never guessed."""
    write(
        tmp_path,
        "plan-a",
        every=policy(version(effective_from="2026-01-01")),
        medicaid=policy(version(), lines_of_business=["medicaid"]),
        both=policy(version(), lines_of_business=["medicaid"], benefits=["medical"]),
    )
    found = governing(only(tmp_path), **coverage)
    assert found is not None
    assert expected == found.file.id
