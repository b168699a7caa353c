"""A letter says what the record holds and no more: its words, sample by sample and part by part."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from conftest import (
    NAMES,
    READY,
    bare_case,
    criteria_in,
    enclosed_in,
    lines_of,
    raw_case,
    treatments_in,
    without,
    words_of,
)

from priorauth import datafile, pipeline, reference
from priorauth.letter import compose, contract, meaning

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conftest import Made

    from priorauth.criteria import Verdict
    from priorauth.library import Library

    Html = Callable[[Any], str]
    Weigh = Callable[[Any], Verdict]

REFERENCE = Path(reference.__file__).parent
ANY_SAMPLE = pytest.mark.parametrize("name", NAMES)
READY_SAMPLE = pytest.mark.parametrize("name", READY)
IV_KETAMINE = ("iv-ketamine", "bcbsma-iv-ketamine")
ESKETAMINE = ("esketamine", "qualchoice-esketamine", "open-questions")


def table(name: str, key: str) -> list[dict[str, Any]]:
    """Return a reference table as plain data, read without the program's own reader."""
    found: list[dict[str, Any]] = yaml.safe_load((REFERENCE / name).read_text("utf-8"))[key]
    return found


WORKS = table("evidence.yaml", "works")
SERVICES = table("services.yaml", "services")


def other_service(service: str, code: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a case that asks a payer without a policy for another service."""
    raw = without(raw_case("esketamine"), "rationale")
    raw["coverage"]["payer"] = "A plan of the county"
    raw["request"] |= {"service": service, "codes": [{"code": code}], "plan": "As ordered"}
    del raw["request"]["indication"]
    return raw


OTHERS = {
    "tms": other_service("tms", "90867"),
    "ect": other_service("ect", "90870"),
    "general esketamine": other_service("esketamine", "J0013"),
    "general iv_ketamine": other_service("iv_ketamine", "J3490"),
}


def neutral(name: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a sample without the clinician's own words: what is left is the program's."""
    raw = without(raw_case(name), "rationale")
    raw["request"]["plan"] = "As ordered"
    for asked in raw.get("exceptions", []):
        asked["reason"] = "The reason."
    for treatment in raw["treatments"]:
        treatment.pop("stopped_because", None)
    return raw


GENERATED: dict[str, Any] = {name: neutral(name) for name in NAMES} | OTHERS
ANY_GENERATED = pytest.mark.parametrize("name", GENERATED)


# --- golden texts --------------------------------------------------------------------------------


@ANY_SAMPLE
def test_a_letter_reads_as_its_golden_text(
    name: str, made: Callable[[str], Made], golden: Callable[[str, str], None]
) -> None:
    """Every word of every sample's letter is as it was last read and approved."""
    golden(f"{name}.txt", "\n".join(lines_of(made(name).html)) + "\n")


# --- words that may not stand in a letter --------------------------------------------------------

FINAL = {
    "a finding that is unknown": r"(?i)\bunknown\b",
    "a mark of a draft": r"(?i)\bdraft\b",
    "a gap in the library": r"(?i)not on file",
    "a question to staff": r"\bAsk (the|how|whether|which)\b",
    "a key of the case file": r"`\w+:?`|\b\w+_\w+:",
    "an empty value": r"\b(None|null|nan|undefined|TBD|N/A)\b",
    "code": r"\{\{|\}\}|\{%|<(?!\s)|Letter\(|object at 0x",
    "an empty pair of brackets": r"\(\s*\)|\[\s*\]",
    "doubled punctuation": r"\.\.(?!\.)|,,|;;|: :| ,| ;",
}
BANNED = {
    "coverage as usual": r"covered by most",
    "a guarantee": r"\bguarantee",
    "a cure": r"\bcures?\b|\bcured\b",
    "prevention of suicide as proven": r"proven to prevent suicide|prevents suicide",
    "freedom from side effects": r"no side effects",
    "a standard of care": r"standard of care",
    "a breakthrough": r"breakthrough",
    "success by percent without a trial": r"works in \d",
    "sameness of ketamine and Spravato": r"same (drug|medicine) as",
    "failure as such": r"\bfailed trials?\b",
    "medical necessity as a fact": r"\bis medically necessary\b",
    "the program's own opinion": r"\b(clearly|undoubtedly|obviously|desperately|effective)\b",
}


@READY_SAMPLE
@pytest.mark.parametrize("what", FINAL)
def test_a_final_letter_never_holds(name: str, what: str, made: Callable[[str], Made]) -> None:
    """What belongs to staff, to a draft or to the program's inside is in no final letter."""
    text = "\n".join(lines_of(made(name).html))
    assert re.findall(FINAL[what], text) == []


@ANY_GENERATED
def test_the_programs_own_words_hold_no_banned_phrase(name: str, html_of: Html) -> None:
    """What marketing says about these treatments is never said by the program."""
    text = words_of(html_of(GENERATED[name]))
    found = {what: re.findall(rule, text, re.IGNORECASE) for what, rule in BANNED.items()}
    assert {what: hits for what, hits in found.items() if hits} == {}


@ANY_GENERATED
def test_an_approval_is_named_only_with_what_it_is_for(name: str, html_of: Html) -> None:
    """Ketamine's approval is named as an anesthetic's, Spravato's with its indication."""
    sentences = re.split(r"(?<=[.;:])\s+(?=[A-Z])", words_of(html_of(GENERATED[name])))
    for sentence in sentences:
        if not re.search(r"FDA.approved|by the FDA|\bis approved\b", sentence):
            continue
        assert re.search(r"anesthetic|off-label|treatment-resistant depression|in adults", sentence)


@pytest.mark.parametrize("name", [*IV_KETAMINE, "general iv_ketamine"])
def test_iv_ketamine_is_said_to_be_off_label_in_so_many_words(name: str, html_of: Html) -> None:
    """Each letter for IV ketamine says so, also when the clinician's words do not."""
    text = words_of(html_of(GENERATED[name]))
    assert "its use for depression is off-label" in text
    assert "approved by the FDA as an anesthetic" in text


@pytest.mark.parametrize("name", [*ESKETAMINE, "general esketamine", "tms", "ect"])
def test_nothing_else_is_said_to_be_off_label(name: str, html_of: Html) -> None:
    """Off-label stands in the letters for IV ketamine alone."""
    assert "off-label" not in words_of(html_of(GENERATED[name]))


def test_spravato_is_said_to_be_approved_only_for_the_indication_that_is_asked(
    html_of: Html,
) -> None:
    """The approval stands in the letter when the case names it, and no other stands there."""
    raw = neutral("esketamine")
    raw["request"].pop("indication", None)
    assert "approved by the FDA" not in words_of(html_of(raw))
    raw["request"]["indication"] = "mdd_si"
    text = words_of(html_of(raw))
    assert "acute suicidal ideation or behavior" in text
    assert "is approved by the FDA for treatment-resistant depression" not in text


@pytest.mark.parametrize("code", ["F41.1", "F31.4", "F34.1"])
def test_no_approval_is_claimed_for_another_illness(code: str, html_of: Html) -> None:
    """Nor is any work cited, whose patients had major depression."""
    raw = neutral("esketamine")
    raw["request"]["indication"] = "trd"
    assert "approved by the FDA for treatment-resistant depression" in words_of(html_of(raw))
    raw["diagnoses"][0]["code"] = code
    html = html_of(raw)
    assert "approved by the FDA" not in words_of(html)
    assert items(html) == []


def test_an_approval_for_adults_is_not_stated_for_a_child(html_of: Html) -> None:
    """The approved use does not cover the patient, whatever the diagnosis."""
    raw = neutral("esketamine")
    raw["request"]["indication"] = "trd"
    raw["patient"]["birth_date"] = "2009-03-09"
    assert "approved by the FDA" not in words_of(html_of(raw))


def test_a_newer_code_is_printed_with_the_title_that_stands_beside_it(html_of: Html) -> None:
    """A code that is newer than the set has no title here: staff write it, none is made up."""
    raw = neutral("esketamine")
    raw["diagnoses"][0] |= {"code": "F33.7", "title": "Some newer depression"}
    assert "for Dana Whitfield for some newer depression (F33.7):" in words_of(html_of(raw))


# --- published evidence --------------------------------------------------------------------------


def items(html: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the entries of the lists of published works, each with the one of the table."""
    lists = re.findall(r'(?s)<ul class="works">.*?</ul>', html)
    lines = [line[2:] for found in lists for line in lines_of(found)]
    return [(line, work_of(line)) for line in lines]


def work_of(item: str) -> dict[str, Any]:
    """Return the entry of the table that an item of the letter cites."""
    [found] = [work for work in WORKS if item.startswith(str(work["citation"]))]
    return found


@ANY_GENERATED
def test_every_figure_stands_in_the_table_of_evidence(name: str, html_of: Html) -> None:
    """Each number under the heading is one of the cited entry, and one that may be printed."""
    for item, work in items(html_of(GENERATED[name])):
        printable = [work["citation"], work["design"], work["limitations"], work.get("n", "")]
        printable += [f["text"] for f in work["figures"] if f["mark"] != "M"]
        printable += [work[key]["value"] for key in ("doi", "pmid") if work.get(key)]
        numbers = re.findall(r"\d[\d.,]*\d|\d", item)
        known = set(re.findall(r"\d[\d.,]*\d|\d", " ".join(map(str, printable))))
        assert numbers
        assert set(numbers) <= known


@ANY_GENERATED
def test_only_works_on_this_very_service_are_cited(name: str, html_of: Html) -> None:
    """IV ketamine is never argued for with the nasal spray's trials, nor the other way round."""
    raw = GENERATED[name]
    service = (raw_case(name) if name in NAMES else raw)["request"]["service"]
    cited = [work for _, work in items(html_of(raw))]
    assert cited
    for work in cited:
        assert service in [*work.get("services", []), *work.get("background", [])]
    products = {work["product"] for work in cited if service in work.get("services", [])}
    if service == "iv_ketamine":
        assert products == {"racemic ketamine"}
    if service == "esketamine":
        assert all("Spravato" in product for product in products)


@ANY_GENERATED
def test_each_work_says_what_its_limits_are(name: str, html_of: Html) -> None:
    """No work is cited without its limits."""
    for item, work in items(html_of(GENERATED[name])):
        assert item.endswith(work["limitations"])


def unprintable(value: Any) -> Iterator[str]:  # noqa: ANN401 - a reference table
    """Yield every text of a table that is marked as not read anywhere."""
    if isinstance(value, list):
        for item in value:
            yield from unprintable(item)
    elif isinstance(value, dict):
        if value.get("mark") == "M":
            texts = [value.get(key) for key in ("text", "citation", "value", "design")]
            yield from (str(text) for text in texts if text)
        for item in value.values():
            yield from unprintable(item)


@ANY_GENERATED
def test_nothing_is_printed_that_nobody_has_read(name: str, html_of: Html) -> None:
    """What the reference data mark M is in no letter."""
    secrets = {*unprintable(WORKS), *unprintable(SERVICES)}
    assert len(secrets) > 10
    text = words_of(html_of(GENERATED[name]))
    assert [secret for secret in secrets if secret in text] == []


@ANY_SAMPLE
def test_notes_for_staff_stay_with_staff(name: str, made: Callable[[str], Made]) -> None:
    """How a policy was read, and what was not read of it, is for staff and not for the payer."""
    verdict, text = made(name).verdict, made(name).text
    assert verdict.governing is not None
    version = verdict.governing.version
    source = version.source
    notes = [*version.not_read, *version.notes, *filter(None, [source.note, source.url])]
    assert [note for note in notes if note in text] == []
    assert not re.search(r"\bV2\b|secondary page|own document|mark V\b", text)


# --- no word that the record does not hold -------------------------------------------------------


def holder_of(raw: Any, path: str) -> tuple[Any, Any]:  # noqa: ANN401 - a case file's values
    """Return what holds the value at a path, and the key that it has there."""
    *front, last = path.split(".")
    for key in front:
        raw = raw[int(key)] if isinstance(raw, list) else raw.setdefault(key, {})
    return raw, int(last) if isinstance(raw, list) else last


def removed(name: str, *paths: str) -> Any:  # noqa: ANN401 - a case file's values
    """Return a sample without some of its values, each named by its path."""
    raw = raw_case(name)
    for path in paths:
        holder, key = holder_of(raw, path)
        del holder[key]
    return raw


def vocabulary(html: str) -> set[str]:
    """Return the words of a letter without punctuation, those of the figure left out."""
    text = words_of(re.sub(r"(?s)<figure.*?</figure>", "", html))
    return {word.strip(".,;:()[]|") for word in text.split()}


# A value of a case, and the words that a letter prints for it.
SAID: dict[str, tuple[Any, str]] = {
    "coverage.group_number": ("G-77-X", "Group number G-77-X"),
    "coverage.plan_name": ("Silver Plan", "Plan Silver Plan"),
    "coverage.benefit": ("medical", "Benefit medical benefit"),
    "coverage.subscriber": (
        {"name": {"given": "Otto", "family": "Quill"}, "relationship": "spouse"},
        "Subscriber Otto Quill (spouse)",
    ),
    "coverage.send_to": ({"department": "Desk 9"}, "Desk 9"),
    "practice.npi": ("1558598797", "NPI 1558598797"),
    "practice.tax_id": ("48-1234567", "48-1234567"),
    "prescriber.peer_to_peer": ("Mondays at noon", "Mondays at noon"),
    "request.start": ("2026-12-05", "Start 12/05/2026"),
    "request.place_of_service": ("Office (11)", "Place of service Office (11)"),
    "request.codes.0.ndc": ("50458-0028-02", "NDC 50458-0028-02"),
    "request.codes.0.units": ("83", "x 83 units"),
    "request.indication": ("trd", "approved by the FDA for treatment-resistant depression"),
    "diagnoses.0.since": ("2024-12", "since 12/2024"),
    "treatments.0.stopped_because": ("it gave her nothing", "it gave her nothing"),
    "treatments.0.adherence_percent": ("91", "adherence 91 percent"),
    "treatments.0.adverse_effects": (["hiccups"], "hiccups"),
    "treatments.0.maximum_tolerated": ("yes", "highest dose tolerated"),
    "treatments.-1.provider": ("Ada Quill, PhD", "Ada Quill, PhD"),
    "treatments.-1.sessions": ("17", "17 sessions"),
    "treatments.-1.source": ("claims", "paid claims"),
    "treatments.-1.change": (
        {"scale": "PHQ-9", "before": "26", "after": "25"},
        "PHQ-9 26 to 25",
    ),
    "episode.psychotic_features": ("no", "Psychotic features absent"),
    "episode.severity": ("severe", "Severity severe"),
    "rationale.present_state": ("She hears larks.", "Present state She hears larks."),
    "rationale.why_this_treatment": ("It is new.", "Why this treatment It is new."),
    "rationale.why_now": ("It is time.", "Why now It is time."),
    "rationale.alternatives": ("There are two.", "There are two."),
    "rationale.risk_of_delay": ("She fades.", "Risk of delay She fades."),
    "rationale.goals": ("She sings.", "She sings."),
    "rationale.safety": ("Her heart is sound.", "Safety Her heart is sound."),
    "rationale.monitoring": ("We stay with her.", "Monitoring We stay with her."),
}


def all_said() -> Any:  # noqa: ANN401 - a case file's values
    """Return a case that says all of this."""
    raw = without(raw_case("esketamine"), "maximum_tolerated")
    raw["treatments"].append(
        {"psychotherapy": "IPT", "from": "2024-01", "to": "2024-05", "outcome": "no_response"}
    )
    for path, (value, _) in SAID.items():
        holder, key = holder_of(raw, path)
        holder[key] = value
    return raw


@pytest.fixture(scope="module")
def saying_all(html_of: Html) -> str:
    """Return the letter that says all of this."""
    return html_of(all_said())


@pytest.mark.parametrize("path", SAID)
def test_what_is_left_out_of_the_case_is_not_in_the_letter(
    path: str, html_of: Html, saying_all: str
) -> None:
    """Its words and its label vanish, and nothing else is said in their place."""
    words, before, raw = SAID[path][1], saying_all, all_said()
    holder, key = holder_of(raw, path)
    del holder[key]
    after = html_of(raw)
    assert words in words_of(before)
    assert words not in words_of(after)
    assert vocabulary(after) - vocabulary(before) == set()


def test_only_what_somebody_stands_for_is_attested(html_of: Html) -> None:
    """An attestation that is left out takes its line along, and no other changes."""
    before = lines_of(html_of("iv-ketamine"))
    after = lines_of(html_of(removed("iv-ketamine", "attestations.pdmp_checked")))
    [gone] = [line for line in before if line not in after]
    assert re.fullmatch(
        r"- [^:]*: no [^:]* \(Helen Strand, MD, 11/09/2026\) \[Ex\. A p\. \d\]", gone
    )
    assert [line for line in after if line not in before] == []


def test_without_an_outcome_the_draft_says_that_none_is_recorded(html_of: Html) -> None:
    """A trial without an outcome is no failure: it becomes a question, and the letter a draft."""
    raw = removed("esketamine", "treatments.0.outcome", "treatments.0.change")
    html = html_of(raw)
    [row] = [row for row in treatments_in(html) if row.startswith("Sertraline")]
    assert "outcome not recorded" in row
    assert not re.search(r"no response|failed|did not help|inadequate", row)
    assert "`outcome:`" in words_of(html)
    assert 'class="draft"' in html


TWICE = """
- {drug: sertraline, doses: [{mg_per_day: 100, from: 2025-02-03, to: 2025-03-30}],
   outcome: FIRST, stopped_because: the supply ended}
- {drug: Zoloft, doses: [{mg_per_day: 150, from: 2025-03-31, to: 2025-06-15}], outcome: LAST}
"""


def sertraline_row(html_of: Html, first: str, last: str, *more: tuple[str, str]) -> str:
    """Return the line of a drug with two records, the second of which goes on from the first."""
    text = TWICE.replace("FIRST", first).replace("LAST", last)
    for old, new in more:
        text = text.replace(old, new)
    raw = raw_case("esketamine")
    raw["treatments"][:1] = datafile.parse(text, "treatments").value
    [row] = [row for row in treatments_in(html_of(raw)) if row.startswith("Sertraline")]
    return row


def test_records_of_one_drug_that_went_differently_are_told_apart(html_of: Html) -> None:
    """Each with its dates: the last alone would hide how the first went."""
    row = sertraline_row(html_of, "partial_response", "no_response")
    assert "02/03/2025 to 03/30/2025: partial response" in row
    assert "03/31/2025 to 06/15/2025: no response" in row
    assert "02/03/2025 to 03/30/2025: the supply ended" in row


def test_records_of_one_drug_that_went_alike_are_told_once(html_of: Html) -> None:
    """Nor is a record without an outcome told, which another one goes on."""
    row = sertraline_row(html_of, "no_response", "no_response")
    assert row.count("no response") == 1
    row = sertraline_row(html_of, "no_response", "no_response", ("outcome: no_response, ", ""))
    assert "not recorded" not in row


def test_a_record_that_goes_on_takes_no_outcome_from_the_one_before(html_of: Html) -> None:
    """What is still taken has none of its own yet."""
    row = sertraline_row(
        html_of, "no_response", "LAST", (", to: 2025-06-15}], outcome: LAST", "}], ongoing: yes")
    )
    assert "02/03/2025 to 03/30/2025: no response" in row
    assert "03/31/2025 to present: continues" in row


def test_treatments_without_drugs_stand_in_order_of_time(html_of: Html) -> None:
    """However the case lists them; those without a date come last."""
    raw = raw_case("esketamine")
    raw["treatments"] += [
        {"psychotherapy": "IPT", "outcome": "no_response"},
        {"psychotherapy": "ACT", "from": "2019", "to": "2020", "outcome": "no_response"},
        {"psychotherapy": "DBT", "to": "2021-05", "outcome": "no_response"},
    ]
    names = ("ACT", "DBT", "CBT", "IPT")
    rows = [row[:3] for row in treatments_in(html_of(raw)) if row.startswith(names)]
    assert rows == list(names)


def test_without_exhibits_nothing_is_enclosed_or_cited(html_of: Html) -> None:
    """No Enclosures, no `Ex.`, no word of an exhibit when the case has none."""
    html = html_of(bare_case("esketamine"))
    assert enclosed_in(html) == []
    found = re.findall(r"Ex\. [A-Z]\b|[Ee]xhibits?\b|[Ee]nclos\w+|[Aa]ttached", words_of(html))
    assert found == []


@ANY_SAMPLE
def test_what_is_enclosed_is_what_the_case_encloses(name: str, made: Callable[[str], Made]) -> None:
    """The list holds the exhibits with their letters, in order, and every citation names one."""
    case, html = made(name).verdict.case, made(name).html
    expected = [f"Exhibit {chr(65 + n)}: {e.title}" for n, e in enumerate(case.exhibits)]
    assert enclosed_in(html) == expected
    cited = set(re.findall(r"Ex\. ([A-Z]+) p\. \d", words_of(html)))
    assert cited <= {chr(65 + n) for n in range(len(case.exhibits))}


def test_without_rationale_there_is_no_heading_for_it(html_of: Html) -> None:
    """The program writes no reasons of its own."""
    headings = [line for line in lines_of(html_of("esketamine")) if line.startswith("##")]
    html = html_of(without(raw_case("esketamine"), "rationale"))
    left = [line for line in lines_of(html) if line.startswith("##")]
    gone = [line for line in headings if line not in left]
    assert len(gone) > 5
    assert any("clinician's words" in line for line in gone)
    assert "clinician" not in html


def test_the_clinicians_words_are_printed_as_they_stand(made: Callable[[str], Made]) -> None:
    """Every paragraph of the rationale is in the letter, word for word."""
    raw, text = raw_case("esketamine"), made("esketamine").text
    for words in raw["rationale"].values():
        assert " ".join(words.split()) in text


def test_without_scores_no_scale_is_named(html_of: Html) -> None:
    """Neither the present state nor the figure names a scale that nobody used."""
    raw = without(without(raw_case("esketamine"), "scores"), "change")
    html = html_of(without(raw, "rationale"))
    own = re.sub(r'(?s)<ul class="works">.*?</ul>', "", html)
    found = [line for line in lines_of(own) if re.search(r"MADRS|PHQ-9|scores", line)]
    assert found == []


def test_without_treatments_there_is_no_history(html_of: Html) -> None:
    """No heading, no table and no figure, and the letter is a draft."""
    html = html_of(without(raw_case("esketamine"), "treatments"))
    assert treatments_in(html) == []
    assert "Treatment history" not in html
    assert "<svg" not in html
    assert 'class="draft"' in html


def test_without_diagnoses_no_illness_is_named(html_of: Html) -> None:
    """The request names no illness, and staff are asked for it."""
    raw = without(without(raw_case("esketamine"), "diagnoses"), "rationale")
    raw["request"]["plan"] = "One session a week."
    html = html_of(raw)
    assert "F33.2" not in html
    assert "for Dana Whitfield: One session a week." in words_of(html)
    assert "Which diagnosis is the request for?" in words_of(html)


@pytest.mark.parametrize("service", ["esketamine", "iv_ketamine"])
def test_a_payer_without_a_policy_gets_a_general_letter(service: str, html_of: Html) -> None:
    """No criteria, no finding, no policy is claimed, and the plan is named as staff wrote it."""
    html = html_of(GENERATED[f"general {service}"])
    text = words_of(html)
    assert "# Letter of medical necessity" in lines_of(html)
    assert "A plan of the county" in text
    assert criteria_in(html) == []
    assert not re.search(r"\b(criteri\w+|policy|met|counted)\b", text, re.IGNORECASE)


def test_an_urgent_request_gives_the_prescribers_reason(html_of: Html) -> None:
    """Urgent review is asked for only with the reason, in the prescriber's words."""
    raw = raw_case("esketamine")
    assert not re.search("urgent|expedited", words_of(html_of(raw)), re.IGNORECASE)
    said = {"text": "She has stopped drinking.", "by": "Alex Moreno, MD", "on": "2026-11-20"}
    reason = {**said, "evidence": {"exhibit": "notes", "page": "7"}}
    raw["request"] |= {"urgent": "yes", "urgent_because": reason}
    text = words_of(html_of(raw))
    assert "Expedited review is requested. The prescriber states: She has stopped drinking." in text
    assert "Initial request, expedited" in text
    [told] = [line for line in lines_of(html_of(raw)) if "stopped drinking" in line]
    assert told == "She has stopped drinking. / Alex Moreno, MD, 11/20/2026 [Ex. A p. 7]"
    raw["request"]["urgent"] = "no"
    assert "stopped drinking" not in words_of(html_of(raw))


# --- drafts --------------------------------------------------------------------------------------


def test_a_draft_lists_each_open_question_once(made: Callable[[str], Made]) -> None:
    """What staff are asked on the screen is what the draft asks."""
    one = made("open-questions")
    lines = lines_of(one.html)
    assert one.letter.draft
    for question in one.verdict.questions:
        assert len([line for line in lines if question.text in line]) == 1


def test_a_draft_that_was_only_wished_for_claims_no_question(
    verdict_of: Weigh, library: Library
) -> None:
    """A case that is ready can be made as a draft: then no question is said to be open."""
    verdict = verdict_of("esketamine")
    letter = compose(verdict, draft=True)
    assert letter.draft
    assert letter.questions == ()
    html = pipeline.html(verdict, library, draft=True)
    assert 'class="draft' in html
    assert "Open questions" not in html


# --- the contract --------------------------------------------------------------------------------


def shapes() -> list[type]:
    """Return every shape of the contract."""
    found = [shape for shape in vars(contract).values() if dataclasses.is_dataclass(shape)]
    return [shape for shape in found if isinstance(shape, type)]


def test_every_field_of_a_letter_has_its_meaning() -> None:
    """The template guide can say what each field is."""
    for shape in shapes():
        assert shape.__doc__
        for field in dataclasses.fields(shape):
            assert field.metadata[meaning.DOC], f"{shape.__name__}.{field.name}"


def test_no_part_of_a_letter_shows_a_value_in_its_text_form(made: Callable[[str], Made]) -> None:
    """A letter in a traceback or a log tells nothing of the patient."""
    letter = made("esketamine").letter
    for part in (letter, letter.sender, letter.reference[0], letter.treatments[0]):
        assert repr(part) == f"{type(part).__name__}()"


def test_the_figure_knows_every_dated_treatment(made: Callable[[str], Made]) -> None:
    """A bar for each treatment of the past six years, solid for each trial that counts."""
    one = made("iv-ketamine")
    assert one.letter.timeline is not None
    bars = {bar.label: bar.solid for bar in one.letter.timeline.bars}
    counted = {found.trial.name for found in one.verdict.trials if found.counts}
    assert {label for label, solid in bars.items() if solid} == counted
    assert len(bars) == len(one.verdict.case.treatments)


@ANY_SAMPLE
def test_every_criterion_has_its_row(name: str, made: Callable[[str], Made]) -> None:
    """Each criterion that decides stands in the letter with its finding and its facts."""
    one = made(name)
    rows = {row.id: row for row in one.letter.criteria}
    for leaf in one.verdict.finding.leaves() if one.verdict.finding else ():
        if leaf.id in rows:
            assert rows[leaf.id].finding == leaf.answer.shown
            assert [f.text for f in rows[leaf.id].facts] == [f.text for f in leaf.judgement.facts]
        else:
            assert leaf.answer.value != "met"  # of a choice only what meets it is shown


def test_refills_without_a_break_are_one_dose(html_of: Callable[[Any], str]) -> None:
    """Three fills of 30 days, each the day after the last: the letter says the dose once."""
    raw = bare_case("esketamine")
    raw["treatments"] = [
        {
            "drug": "sertraline",
            "doses": [
                {"mg_per_day": "100", "from": "2026-01-05", "to": "2026-02-03"},
                {"mg_per_day": "100", "from": "2026-02-04", "to": "2026-03-05"},
                {"mg_per_day": "100", "from": "2026-03-20", "to": "2026-04-18"},
            ],
            "outcome": "no_response",
        }
    ]
    (row,) = treatments_in(html_of(raw))
    assert row.count("100 mg/day") == 3  # the highest, and one for each side of the gap
    assert "01/05/2026 to 03/05/2026: 100 mg/day" in row
    assert "03/20/2026: 100 mg/day" in row
