"""A payer's own words in its letters: a closed list, names from the record, and no claims."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from cases import write
from conftest import DAY, case_of, raw_case, words_of
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from test_check_library import small_templates

from priorauth import pipeline
from priorauth.check import check_templates
from priorauth.criteria import weigh_case
from priorauth.letter import compose
from priorauth.letter.contract import Headings
from priorauth.library import Library, shipped
from priorauth.payer import Payer
from priorauth.phrases import PHRASES, PLACEHOLDERS, Phrases, said
from priorauth.skeleton import payer_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Done

    from priorauth.criteria import Verdict
    from priorauth.letter import Letter

    Run = Callable[..., Done]

OPENING = "We ask for {service} for {patient}: {plan}."


def with_phrases(verdict: Verdict, **own: str) -> Verdict:
    """Return a weighed case whose payer has these phrases."""
    assert verdict.payer is not None
    assert verdict.payer.payer is not None
    payer = verdict.payer.payer.model_copy(update={"phrases": Phrases(**own)})
    return verdict._replace(payer=verdict.payer._replace(payer=payer))


@pytest.fixture
def letter_of(verdict_of: Callable[[Any], Verdict]) -> Callable[..., Letter]:
    """Return a function that composes a sample's letter with phrases of its payer's own."""

    def compose_(name: str, **own: str) -> Letter:
        return compose(with_phrases(verdict_of(name), **own))

    return compose_


# --- what is printed ------------------------------------------------------------------------------


def test_a_payer_s_own_words_stand_in_its_letters(letter_of: Callable[..., Letter]) -> None:
    """The placeholders hold what the case says; everything else is as always."""
    own = letter_of(
        "esketamine",
        salutation="To the reviewers of {payer}:",
        opening=OPENING,
        ask="Kindly approve {service}.",
        peer_to_peer="Call {prescriber} first.",
        attestation="I, {prescriber}, stand for this.",
        heading_history="Prior treatment",
    )
    usual = letter_of("esketamine")
    assert own.salutation == "To the reviewers of Cigna Healthcare:"
    assert own.request.startswith(
        "We ask for esketamine nasal spray (Spravato) for Dana Whitfield: 56 mg"
    )
    assert own.ask == (
        "Kindly approve esketamine nasal spray (Spravato).",
        "Call Alex Moreno, MD first.",
    )
    assert own.attestation == "I, Alex Moreno, MD, stand for this."
    assert own.headings.history == "Prior treatment"
    changed = {"salutation", "request", "ask", "attestation", "headings"}
    for field in fields(own):
        if field.name not in changed:
            assert getattr(own, field.name) == getattr(usual, field.name), field.name


@pytest.mark.parametrize(
    ("sample", "opening", "ask"),
    [
        ("esketamine", "opening", "ask"),
        ("esketamine-renewal", "opening_renewal", "ask_renewal"),
        ("iv-ketamine", "opening_exception", "ask_exception"),
    ],
)
def test_each_kind_of_letter_has_words_of_its_own(
    sample: str, opening: str, ask: str, letter_of: Callable[..., Letter]
) -> None:
    """An exception never reads like a plain request, whatever the words for that are."""
    openings = {name: f"{name}: {OPENING}" for name in PHRASES if name.startswith("opening")}
    asks = {name: f"{name}: {{service}}." for name in PHRASES if name.startswith("ask")}
    letter = letter_of(sample, **openings, **asks)
    assert letter.request.startswith(f"{opening}: We ask")
    assert letter.ask[0].startswith(f"{ask}: ")


def test_an_appeal_says_which_decision_it_is_about(letter_of: Callable[..., Letter]) -> None:
    """Its opening and what it asks for are always ours; its headings may be the payer's."""
    usual = letter_of("esketamine-appeal")
    own = letter_of("esketamine-appeal", opening=OPENING, ask="Do {service}.", title="T")
    assert (own.request, own.ask, own.title) == (usual.request, usual.ask, usual.title)
    assert "is appealed" in own.request
    headed = letter_of("esketamine-appeal", heading_appeal="Answer to the denial")
    assert headed.headings.appeal == "Answer to the denial"


def test_a_name_without_a_value_brings_back_the_default() -> None:
    """A hole in a sentence is worse than a sentence of ours."""
    own = Phrases(opening="{service} for {patient} with {diagnosis}: {plan}.")
    values = {"service": "S", "patient": "P", "plan": "as ordered", "diagnosis": ""}
    assert said(own, "opening", values) == (
        "Prior authorization is requested for S for P: as ordered."
    )
    assert said(own, "opening", {**values, "diagnosis": "D"}) == "S for P with D: as ordered."


@given(st.text(), st.text())
def test_a_value_is_printed_as_it_is(patient: str, plan: str) -> None:
    """Braces, backslashes and names in braces inside a value mean nothing."""
    values = {"service": "{plan}", "patient": patient or "x", "plan": plan or "x"}
    own = Phrases(opening="{service}|{patient}|{plan}")
    assert said(own, "opening", values) == f"{{plan}}|{values['patient']}|{values['plan']}"


def test_a_phrase_is_escaped_and_hides_nothing(verdict_of: Callable[[Any], Verdict]) -> None:
    """Signs are printed as signs; the off-label sentence and the findings stand as before."""
    verdict = with_phrases(
        verdict_of("iv-ketamine"), salutation='To "Appeals & Reviews":', heading_ask="Wanted"
    )
    html = pipeline.html(verdict, Library.open())
    assert "To &#34;Appeals &amp; Reviews&#34;:" in html
    assert "<h2>Wanted</h2>" in html
    words = words_of(html)
    for sentence in compose(verdict).status:
        assert " ".join(sentence.split()) in " ".join(words.split())


# --- what a phrase may not be ---------------------------------------------------------------------


def refused(name: str, text: str) -> str:
    """Return the kind of mistake for which a phrase is refused."""
    with pytest.raises(ValidationError) as raised:
        Payer.model_validate({"name": "Acme", "phrases": {name: text}})
    return raised.value.errors()[0]["type"]


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("ask", "Please approve {servise}.", "phrase_name"),
        ("heading_history", "Treatment of {patient}", "phrase_name"),
        ("ask", "Please approve this.", "phrase_lacks"),
        ("opening", "We ask for {service}: {plan}.", "phrase_lacks"),
        ("ask", "Please approve {{ service }}.", "phrase_template"),
        ("ask", "{% if x %}{service}{% endif %}", "phrase_template"),
        ("ask", "Please approve <b>{service}</b>.", "phrase_html"),
        ("ask", "Please approve {service}&nbsp;now.", "phrase_html"),
        ("ask", "Please approve {service.name}.", "phrase_braces"),
        ("ask", "Please approve {service!r}.", "phrase_braces"),
        ("ask", "Please approve {service:>99999999}.", "phrase_braces"),
        ("ask", "Please approve {0}.", "phrase_braces"),
        ("ask", "Please approve {}.", "phrase_braces"),
        ("ask", "Please approve {service.", "phrase_braces"),
        ("ask", "Please approve service}.", "phrase_braces"),
        ("ask", "Please approve {service}; all records are enclosed.", "phrase_claim"),
        ("ask", "Please approve {service}, which is FDA cleared.", "phrase_claim"),
        ("ask", "Please approve {service}; the patient meets the policy.", "phrase_claim"),
        ("ask", "Please give {service} an expedited review.", "phrase_claim"),
        ("attestation", "I attest that two trials of antidepressants failed.", "phrase_claim"),
        ("attestation", "The patient did not respond to two antidepressants.", "phrase_claim"),
        ("attestation", "Studies show remission in two thirds of patients.", "phrase_claim"),
        ("attestation", "Coverage is guaranteed under the plan.", "phrase_claim"),
        ("attestation", "See the appended chart notes.", "phrase_claim"),
        ("opening_general", "{patient} is covered for {service}: {plan}.", "phrase_claim"),
        ("heading_history", "Failed treatments", "phrase_claim"),
        ("title", "Draft request", "phrase_claim"),
        ("ask", "Please approve {service}: it helps 70 percent.", "phrase_figure"),
        ("heading_history", "x" * 81, "phrase_long"),
        ("ask", "Please approve\n{service}.", "one_line"),
    ],
)
def test_a_phrase_that_may_not_stand_is_refused(name: str, text: str, kind: str) -> None:
    """No code, no HTML, no unknown name, and nothing that only the record can say."""
    assert refused(name, text) == kind


def test_no_phrase_can_speak_of_what_the_letter_asserts() -> None:
    """Approval, off-label use, findings, draft and enclosures have no phrase."""
    closed = ("status", "off_label", "draft", "finding", "criteria", "facts", "open_questions")
    assert [name for name in PHRASES if name.startswith(closed)] == []
    assert not any("off-label" in one.default.casefold() for one in PHRASES.values())


def told(folder: Path, phrases: str) -> list[str]:
    """Return what is said of a payer with these lines under `phrases:`."""
    path = folder / "payers" / "acme" / "payer.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"name: Acme\nphrases:\n{phrases}\n", "utf-8")
    found = Library((folder,)).payer("acme").problems
    return [str(one).replace(f"{folder}/", "") for one in found]


@pytest.mark.parametrize(
    ("line", "said_"),
    [
        (
            "salutaton: Dear reviewer",
            "phrases: a key here is not known. Did you mean `salutation`?",
        ),
        (
            'ask: "Please approve {servise}."',
            (
                "phrases.ask: there is no placeholder of this name for this phrase. "
                "Did you mean {service}?"
            ),
        ),
        (
            'heading_ask: "For {patient}"',
            (
                "phrases.heading_ask: there is no placeholder of this name for this phrase. "
                "This phrase takes none: write the words without braces."
            ),
        ),
        (
            'opening: "We ask for {service}."',
            (
                "phrases.opening: has no {patient} and {plan} in it. "
                "Write each of them where its value is to stand."
            ),
        ),
        (
            'attestation: "All of this is enclosed."',
            (
                "phrases.attestation: says `enclosed`, which only the record can say. "
                "Leave it out: the letter says it by itself where the record holds it."
            ),
        ),
        (
            'ask: "Please approve {{ service }}."',
            (
                "phrases.ask: holds signs of a template. "
                "Write a placeholder in single braces, such as {service}."
            ),
        ),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_to_write(
    line: str, said_: str, tmp_path: Path
) -> None:
    """The file, the line, the phrase, and the nearest name that is known."""
    assert told(tmp_path, f"  heading_state: Now\n  {line}") == [
        f"payers/acme/payer.yaml:4: error: {said_}"
    ]


# --- what is said of phrases elsewhere ------------------------------------------------------------


def test_every_default_may_stand_as_a_phrase() -> None:
    """What we print by default keeps the rules that we hold payers to."""
    for name, one in PHRASES.items():
        text = one.default or one.example
        assert getattr(Phrases(**{name: text}), name) == text


def test_every_placeholder_is_known_and_used() -> None:
    """The list of placeholders in the guide is neither too short nor too long."""
    assert {name for one in PHRASES.values() for name in one.names} == set(PLACEHOLDERS)


def test_every_heading_of_the_letter_has_its_phrase() -> None:
    """What a template prints as a heading, a payer can change, and nothing else by that name."""
    named = {name.removeprefix("heading_") for name in PHRASES if name.startswith("heading_")}
    assert named == {field.name for field in fields(Headings)}


def test_no_section_heading_is_written_into_the_letter_s_template() -> None:
    """Each `<h2>` of letter.html is one that a phrase can change."""
    text = (shipped() / "templates" / "letter.html").read_text("utf-8")
    assert text.count("<h2>") == text.count("<h2>{{ letter.headings.")


def test_a_new_payer_shows_every_phrase_and_is_right_when_uncommented() -> None:
    """Each with its default, so that it can be changed where it stands."""
    text = payer_file("Acme", DAY)
    start = text.index("# phrases:")
    block = text[start:].split("\n\n", 1)[0]
    plain = "\n".join(line.removeprefix("# ") for line in block.splitlines())
    shown = Phrases.model_validate(yaml.safe_load(plain)["phrases"])
    assert shown.model_fields_set == set(PHRASES)
    assert shown.ask == PHRASES["ask"].default


def test_vars_explains_a_phrase(run: Run) -> None:
    """Where it stands, how it reads by default, and what may stand in braces."""
    assert run("vars", "opening").out == (
        "phrases.opening: a sentence or heading that payer.yaml may hold\n"
        "  the first sentence of a request\n"
        "  by default: Prior authorization is requested for {service} for {patient} for "
        "{diagnosis}: {plan}.\n"
        "  placeholders: must have {service}, {patient} and {plan}; may have {diagnosis}, "
        "{payer} or\n  {prescriber}\n"
    )
    assert "  salutation: a line before the request\n" in run("vars", "phrases").out
    assert "Did you mean salutation" in run("vars", "salutaton").err


def test_payer_show_tells_a_payer_s_own_words(run: Run, tmp_path: Path) -> None:
    """Whoever reads of the payer sees what differs in its letters."""
    told(tmp_path, "  heading_history: Prior treatment")
    out = run("payer", "show", "acme").out
    assert "its own words, heading_history: Prior treatment" in out


@pytest.mark.no_cover
def test_check_makes_a_letter_with_a_payer_s_own_words(tmp_path: Path) -> None:
    """A sign that the letter's fonts lack is told before a case meets it."""
    payer = {"name": "Acme", "phrases": {"salutation": "尊敬的审查员"}}
    write(tmp_path, "acme", payer=payer)
    letter = (shipped() / "templates" / "letter.html").read_text("utf-8")
    small_templates(tmp_path, letter=letter)  # the other documents print no salutation
    library = Library((tmp_path, shipped()))
    found = [str(one) for one in check_templates(library, DAY, ("esketamine",))]
    assert found == [
        (
            "payers/acme/payer.yaml: error: phrases: the letter cannot be laid out with these "
            "words. Write them in letters that its fonts have: Latin, Greek or Cyrillic."
        )
    ]


def test_phrases_reach_the_letter_from_the_file(tmp_path: Path) -> None:
    """From a line of payer.yaml to the letter of a case."""
    assert told(tmp_path, "  heading_rationale: In the doctor's words") == []
    raw = raw_case("esketamine")
    raw["coverage"]["payer"] = "acme"
    verdict = weigh_case(case_of(raw), Library((tmp_path, shipped())), DAY)
    assert compose(verdict).headings.rationale == "In the doctor's words"
