"""Everything that a template may use, each with its meaning: the documented contract.

Every text is ready to print: dates, amounts and names are written out, nothing is computed in a
template. What is not known is empty, never guessed.
"""

from __future__ import annotations

from dataclasses import dataclass

from priorauth.letter.facts import Facts  # noqa: TC001 - the paths of forms read the hints
from priorauth.letter.meaning import is_ as _is


@dataclass(frozen=True)
class Row:
    """A label beside its value."""

    label: str = _is("what the value is, such as `Member ID`")
    value: str = _is("the value as printed")


@dataclass(frozen=True)
class Party:
    """Someone with an address: the practice that sends, or the payer that reads."""

    name: str = _is("name of the practice or payer")
    department: str = _is("department, or empty")
    lines: tuple[str, ...] = _is("address lines; empty when no address is on file")
    phone: str = _is("telephone, or empty")
    fax: str = _is("fax, or empty")
    npi: str = _is("organization NPI, or empty")
    tax_id: str = _is("tax id, or empty")


@dataclass(frozen=True)
class Cite:
    """Where in the enclosures a fact stands."""

    exhibit: str = _is("exhibit letter: A, B, …")
    page: int = _is("page of that exhibit, counted from 1")
    packet_page: int = _is("page of the packet; 0 in a letter by itself")
    text: str = _is("the place in words: `Ex. A p. 3`, or in a packet `p. 12 (A-3)`")


@dataclass(frozen=True)
class Statement:
    """One fact with its evidence."""

    text: str = _is("the fact in words")
    cites: tuple[Cite, ...] = _is("where it stands; empty when the case names no place")


@dataclass(frozen=True)
class TreatmentRow:
    """One line of the treatment history."""

    name: str = _is("drug or treatment, as the record writes it")
    drug_class: str = _is("class, type or protocol")
    doses: tuple[str, ...] = _is("each dose with its dates")
    dates: str = _is("first and last day, as exactly as the record says")
    highest: str = _is("highest dose, or empty")
    time: str = _is("time at or above the least effective labeled dose, or sessions")
    outcome: str = _is("how it went, with percent or scores where recorded")
    stopped: str = _is("why it ended, in the record's words; `continues`; or empty")
    source: str = _is("kind of record it is known from")
    cites: tuple[Cite, ...] = _is("where it stands in the enclosures")
    note: str = _is("why it counts or does not count, what it was added to, what was taken beside")


@dataclass(frozen=True)
class TreatmentGroup:
    """Treatments of one kind, in order of time."""

    id: str = _is("counted, augmentation, psychotherapy, device, ketamine or not_counted")
    title: str = _is("heading of the group")
    rows: tuple[TreatmentRow, ...] = _is("the treatments; never empty")


@dataclass(frozen=True)
class CriterionRow:
    """One criterion of the payer with its finding."""

    number: str = _is("its number in the letter: `1`, `2a`")
    id: str = _is("its id in the policy file")
    requirement: str = _is("what the payer asks, in plain words")
    cite: str = _is("page or section of the policy, or empty")
    group: str = _is("how it belongs to its neighbours, such as `One of these`; or empty")
    finding: str = _is("the finding", ("met", "not met", "unknown"))
    facts: tuple[Statement, ...] = _is("the facts it stands on, each with its evidence")
    reason: str = _is("what else to say of the finding, or empty")


@dataclass(frozen=True)
class Section:
    """The clinician's own words under a heading."""

    heading: str = _is("heading")
    paragraphs: tuple[str, ...] = _is("paragraphs as written in the case")


@dataclass(frozen=True)
class ExceptionAsked:
    """A reason for an exception, in the clinician's words."""

    to: str = _is("the requirement or stance that it is an exception to")
    paragraphs: tuple[str, ...] = _is("the reasons as written in the case")
    by: str = _is("who gives them, and when")
    cites: tuple[Cite, ...] = _is("where they stand in the enclosures")


@dataclass(frozen=True)
class Work:
    """A published work with the figures that may be printed."""

    reference: str = _is("authors, journal, numbers")
    design: str = _is("what kind of study of what")
    figures: tuple[str, ...] = _is("its results, each one sentence")
    limitations: str = _is("what limits its results")


@dataclass(frozen=True)
class ResponseRow:
    """The response to treatment on one scale."""

    scale: str = _is("the scale, such as `MADRS`")
    range: str = _is("its range: `0 to 60`")
    baseline: str = _is("the score before treatment with its date")
    current: str = _is("the latest score with its date")
    change: str = _is("the change in points and in percent")
    cites: tuple[Cite, ...] = _is("where both scores stand in the enclosures")


@dataclass(frozen=True)
class Renewal:
    """What a renewal shows of the course under way."""

    course: tuple[Row, ...] = _is("when it began, sessions given, the authorization to be renewed")
    course_cites: tuple[Cite, ...] = _is("where that stands in the enclosures")
    responses: tuple[ResponseRow, ...] = _is("the response, a row a scale; empty when not sure")
    measure: str = _is("the payer's own definition of response with its finding, or empty")


@dataclass(frozen=True)
class ReasonAnswered:
    """One reason of the payer's decision, and what answers it."""

    number: str = _is("its number among the reasons")
    text: str = _is("the reason in the payer's own words")
    cites: tuple[Cite, ...] = _is("where it stands in the enclosures")
    criterion: str = _is("number of the criterion that it is about, as in `criteria`; or empty")
    cite: str = _is("page or section of the policy where that stands, or empty")
    requirement: str = _is("what the payer asks there, or its stance; or empty")
    finding: str = _is("met, not met or unknown; empty without a criterion")
    facts: tuple[Statement, ...] = _is("the facts that the finding stands on")
    exceptions: tuple[ExceptionAsked, ...] = _is("exceptions asked for where it is not met")
    reply: tuple[str, ...] = _is("the clinician's own reply in paragraphs, or empty")
    reply_by: str = _is("who replies, and when; or empty")
    reply_cites: tuple[Cite, ...] = _is("where the reply stands in the enclosures")


@dataclass(frozen=True)
class Appeal:
    """What an appeal says beside the request."""

    decision: tuple[Row, ...] = _is("the decision, its day, its reference, the policy it is under")
    decision_cites: tuple[Cite, ...] = _is("where the decision stands in the enclosures")
    policy: str = _is("the policy by its number, else by its title; empty without criteria")
    reasons: tuple[ReasonAnswered, ...] = _is("the payer's reasons, each with its answer")
    in_time: str = _is("that the appeal is in time, with the rule; empty where that is not sure")
    asks: tuple[str, ...] = _is("reviewer, criteria and time asked for, with the rules")


@dataclass(frozen=True)
class Bar:
    """A bar of the timeline, in units of its drawing."""

    label: str = _is("treatment")
    y: float = _is("top of the row")
    thin: tuple[float, float] = _is("left edge and width of the time that it can have lasted")
    thick: tuple[float, float] = _is("left edge and width of the time that it surely lasted")
    solid: bool = _is("whether it is a trial that counts")


@dataclass(frozen=True)
class Point:
    """A score on the timeline."""

    x: float = _is("place on the time axis")
    y: float = _is("height on its scale")
    label: str = _is("the total; empty where the next one stands too near")


@dataclass(frozen=True)
class Track:
    """The scores of one scale."""

    label: str = _is("scale with its range")
    y: float = _is("top of the track")
    height: float = _is("height of the track")
    points: tuple[Point, ...] = _is("scores in order of time")


@dataclass(frozen=True)
class Tick:
    """A mark on the time axis."""

    x: float = _is("place")
    label: str = _is("year or month")


@dataclass(frozen=True)
class Timeline:
    """Treatments as bars and scores as points over one time axis."""

    width: float = _is("width of the drawing")
    height: float = _is("height of the drawing")
    left: float = _is("where the time axis begins")
    axis_y: float = _is("where the axis is drawn")
    bars_end: float = _is("where the rows of treatments end")
    bars: tuple[Bar, ...] = _is("treatments in order of time")
    tracks: tuple[Track, ...] = _is("scores, a track a scale")
    ticks: tuple[Tick, ...] = _is("marks on the axis")
    legend: str = _is("what the signs mean, of those that are drawn")
    summary: str = _is("the figure in one sentence, for those who cannot see it")
    note: str = _is("what the figure leaves out, or empty")


@dataclass(frozen=True)
class Enclosure:
    """A document that really is enclosed."""

    letter: str = _is("exhibit letter")
    title: str = _is("title")
    pages: str = _is("which pages, or empty for all")
    packet_pages: str = _is("its packet pages: `12 to 15`; empty in a letter by itself")


@dataclass(frozen=True)
class Content:
    """One document of the packet, as its list of contents names it."""

    letter: str = _is("exhibit letter, or empty")
    title: str = _is("what it is")
    first: int = _is("the packet page that it begins on")
    pages: str = _is("its packet pages: `12 to 15`")


@dataclass(frozen=True)
class Packet:
    """The packet that the letter is part of."""

    pages: int = _is("how many pages it has")
    contents: tuple[Content, ...] = _is("its documents in their order")


@dataclass(frozen=True)
class AddendumItem:
    """An answer that did not fit into its box of a form."""

    number: int = _is("its number, which the box points to")
    label: str = _is("what the form calls the box")
    name: str = _is("name of the field in the PDF")
    page: int = _is("page of the form")
    paragraphs: tuple[str, ...] = _is("the whole answer")


@dataclass(frozen=True)
class Addendum:
    """The page behind a form with what did not fit into its boxes."""

    title: str = _is("title of the form")
    number: str = _is("number of the form, or empty")
    items: tuple[AddendumItem, ...] = _is("the answers; never empty")


@dataclass(frozen=True)
class Notice:
    """What goes along with the records of a substance use disorder program (42 CFR Part 2)."""

    records: tuple[Enclosure, ...] = _is("the enclosed records that it is for; never empty")
    rule: str = _is("the rule that prescribes the statement: `42 CFR 2.32(a)(1)`")
    statement: tuple[str, ...] = _is("the statement in paragraphs, word for word as prescribed")
    consent: tuple[Row, ...] = _is("the patient's consent: who signed it, when, until when")
    scope: tuple[str, ...] = _is("what the consent permits, in paragraphs; or empty")
    cites: tuple[Cite, ...] = _is("where a copy of the consent is enclosed; or empty")


@dataclass(frozen=True)
class Objection:
    """What the payer's reviewer may object: a finding that stands in the way, or the stance."""

    number: str = _is("number of the criterion, as in `criteria`; or empty")
    requirement: str = _is("what the payer asks there, or its stance")
    finding: str = _is("not met or unknown; empty for a stance")
    facts: tuple[Statement, ...] = _is("what the record holds of it")
    left_out: int = _is("how many more facts only the letter has, for want of room")
    would_change: str = _is("what would change the finding, or empty")
    asked: tuple[Statement, ...] = _is("exceptions that the letter asks for it: by whom, where")


@dataclass(frozen=True)
class FindingLine:
    """One criterion with its finding, as short as the page wants it."""

    number: str = _is("its number, as in `criteria`")
    requirement: str = _is("what the payer asks, in plain words")
    finding: str = _is("the finding", ("met", "not met", "unknown"))
    facts: tuple[Statement, ...] = _is("the facts it stands on, as many as there is room for")
    left_out: int = _is("how many more facts only the letter has, for want of room")
    cites: tuple[Cite, ...] = _is("where those stand in the packet")
    reason: str = _is("what else to say of the finding, or empty")


@dataclass(frozen=True)
class Sheet:
    """What the prescriber has at hand while talking with the payer's reviewer."""

    tight: bool = _is("whether it must be set small to fit on its one page")
    letter_pages: str = _is("packet pages of the letter: `2 to 7`")
    policy: tuple[Row, ...] = _is("the policy, its version, where and when it was read")
    call: tuple[Row, ...] = _is("whom to call and what to name, as far as it is recorded")
    reasons: tuple[Statement, ...] = _is("the payer's reasons, each with what answers it")
    objections: tuple[Objection, ...] = _is("what stands in the way, most likely objected")
    findings: tuple[FindingLine, ...] = _is("the criteria that are no objection, one by one")
    history: tuple[Statement, ...] = _is("what was tried, a line each, where no criteria are")
    history_left_out: int = _is("how many more treatments only the letter has, for want of room")
    clocks: tuple[Row, ...] = _is("by when who must have acted")


@dataclass(frozen=True)
class Headings:
    """The headings of the letter's sections, by the payer's `phrases:` or as always."""

    appeal: str = _is("above the answer to a decision")
    state: str = _is("above the present state")
    renewal: str = _is("above the course of a renewal")
    history: str = _is("above the table of treatments")
    criteria: str = _is("above the table of criteria")
    exceptions: str = _is("above the reasons for an exception")
    rationale: str = _is("above the clinician's rationale")
    safety: str = _is("above safety and monitoring")
    evidence: str = _is("above the published works")
    ask: str = _is("above what is asked for at the end")
    enclosures: str = _is("above the list of enclosures")


@dataclass(frozen=True)
class Letter:
    """One letter."""

    kind: str = _is("request, exception, record or general")
    draft: bool = _is("whether it is only a draft: then every page says so")
    questions: tuple[Statement, ...] = _is("what is open; a draft shows it on the first page")
    title: str = _is("title of the letter")
    language: str = _is("language of the document, `en-US`")
    day: str = _is("day of the letter in words")
    sender: Party = _is("the practice")
    payer: Party = _is("the payer, where the letter goes")
    urgent: str = _is("the prescriber's reason for an expedited review; empty when none is asked")
    urgent_by: str = _is("who gives that reason, and when; or empty")
    urgent_cites: tuple[Cite, ...] = _is("where that reason stands in the enclosures")
    patient: str = _is("patient's full name")
    birth_date: str = _is("patient's date of birth")
    member_id: str = _is("member id")
    reference: tuple[Row, ...] = _is("the reference block: patient, coverage, prescriber, service")
    salutation: str = _is("the payer's `salutation:` from its `phrases:`; else empty")
    headings: Headings = _is("the headings of the sections")
    request: str = _is("the request in one sentence")
    status: tuple[str, ...] = _is("what the FDA has approved, or that the use is off-label")
    state: tuple[Row, ...] = _is("the present state: diagnosis, onset, severity, scores")
    renewal: Renewal | None = _is("the course under way and the response; None for other requests")
    appeal: Appeal | None = _is("the decision appealed and the answers; None for other requests")
    treatments: tuple[TreatmentGroup, ...] = _is("treatment history, group by group")
    timeline: Timeline | None = _is("the figure; None when nothing is dated")
    cite_example: Cite | None = _is("one of its places, to say how they are read; or None")
    policy: str = _is("title of the policy that the criteria are from; empty without one")
    criteria: tuple[CriterionRow, ...] = _is("the payer's criteria one by one; empty without any")
    exceptions: tuple[ExceptionAsked, ...] = _is("exceptions that are asked for")
    rationale: tuple[Section, ...] = _is("the clinician's rationale")
    safety: tuple[Section, ...] = _is("the clinician's words on safety and monitoring")
    safety_facts: tuple[str, ...] = _is("what the label says on safety and monitoring")
    attested: tuple[Statement, ...] = _is("what somebody has attested, with name and day")
    evidence: tuple[Work, ...] = _is("published works on this very service")
    background: tuple[Work, ...] = _is("published works on earlier failures of treatment")
    ask: tuple[str, ...] = _is("what the payer is asked to do")
    peer_to_peer: str = _is("when and where the prescriber can be reached, or empty")
    signer: Row = _is("printed name and credentials of who signs, with the NPI")
    attestation: str = _is("the sentence that the signer stands for")
    enclosures: tuple[Enclosure, ...] = _is("what is enclosed")
    drugs: tuple[TreatmentRow, ...] = _is("every drug that was tried, those that count first")
    facts: Facts = _is("all of this fact by fact, for the boxes of forms")
    addendum: Addendum | None = _is("what did not fit into a form; None but on `addendum.html`")
    notice: Notice | None = _is("what goes with records of 42 CFR Part 2; None without any")
    sheet: Sheet | None = _is("the prescriber's sheet; None but on `peer_to_peer.html`")
    packet: Packet | None = _is("the packet around the letter; None for a letter by itself")
