"""A case file to fill in: commented, and asking for what one payer's policy needs.

`importers` writes the same sections with what the records hold. Not for filling in: every value
is the practice's to write.
"""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING

from priorauth import payer as rules
from priorauth.case import Kind
from priorauth.problems import listed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.library import LibraryPayer
    from priorauth.reference.services import Service

_PEOPLE = """\
patient:
  name: {given: , family: }
  birth_date:                 # year-month-day: 1984-03-09
  # sex: female               # female, male, other or unknown
coverage:
  payer: PAYER
  line_of_business:           # commercial, exchange, self_funded, medicare_advantage, medicare
                              # or medicaid
  benefit:                    # medical, pharmacy or behavioral: ask where the request goes
  member_id: ""               # as on the card, in quotation marks
  # group_number: ""
  # subscriber: {name: {given: , family: }, relationship: spouse}   # when it is not the patient
  # send_to: {fax: 800-555-0100}    # where the request goes, from the payer's portal or the card
prescriber:
  name: {given: , family: }
  credentials:                # MD, DO, NP
  specialty:                  # as the board names it, such as psychiatry
  npi: ""                     # ten digits, in quotation marks
  # peer_to_peer: weekdays 12 to 1 pm
practice:
  name:
  # npi: ""
  address: {street: , city: , state: , zip: ""}
  phone:
  fax:                        # the answer comes here: payers cancel a request without it
"""
_REQUEST = """\
request:
  service: SERVICE
  kind: KIND                  # initial, renewal or appeal
  urgent: no                  # yes needs urgent_because: {text: , by: , on: }, in own words
  # Units are those of one session with `per: session` beside them, else of the whole request.
  codes: [CODES]
  plan:                       # dose, how often, for how long, as the prescriber ordered it
  # start: 2026-12-01
  # place_of_service: office
"""
_HISTORY = """\
# Every treatment that was tried, the ones that helped too. Dates may be a year (2025), a month
# (2025-02) or a day (2025-02-17): write what the record says. What is not known is left out.
# Remove the `# ` before the lines that you use, and change them.
treatments:
  # - drug: sertraline
  #   doses:
  #     - {mg_per_day: 50, from: 2025-02-03, to: 2025-02-16}
  #     - {mg_per_day: 150, from: 2025-02-17, to: 2025-05-30}
  #   outcome: no_response      # partial_response, response, remission, intolerance,
  #                             # contraindicated
  #   improvement_percent: 10   # or change: {scale: PHQ-9, before: 22, after: 20}
  #   stopped_because: no benefit after fifteen weeks
  #   source: chart             # claims, pharmacy, patient_report, samples
  #   evidence: {exhibit: notes, page: 3}
  # - drug: venlafaxine XR      # still taken: `ongoing: yes`, and the last dose has no `to:`
  #   doses: [{mg_per_day: 150, from: 2025-06-02}]
  #   ongoing: yes              # with `outcome:` too: no_response, or too_early_to_judge
  # - drug: aripiprazole
  #   augments: sertraline
  #   doses: [{mg_per_day: 5, from: 2025-04-01, to: 2025-05-30}]
  #   outcome: no_response
  # - psychotherapy: CBT
  #   sessions: 14
  #   from: 2024-11
  #   to: 2025-03
  #   outcome: partial_response
  # - tms: theta burst
  #   sessions: 30
"""
_ANSWER = """\
# The decision that is appealed, each reason in the payer's own words, and the policy's criterion
# that it is about.
answer:
  decision:                   # denied, approved_in_part or ended
  on:                         # the date of the decision, year-month-day
  # received: 2026-10-29      # the day on which it was received: the time to appeal runs from it
  # appeal_by: 2027-04-27     # the last day to appeal, where the decision names it
  # reference: "12345"
  level:                      # first, second or external
  # asked: renewal            # when it was a renewal that was refused
  # evidence: {exhibit: denial, page: 1}
  reasons:
    - text:
      # criterion: CRITERION   # the policy's criterion that the reason is about
      # reply:                 # the prescriber's own words, where no criterion answers the reason
      #   text: |
      #     ...
      #   by: Alex Moreno, MD
      #   on: 2026-11-12
      # evidence: {exhibit: denial, page: 1}
"""
_COURSE = """\
# The treatment under way: since when, how often so far, until when it is authorized.
course:
  started:                    # the day of the first session
  sessions_given:
  # last_on: 2026-11-20
  # mg_per_session: 84
  # authorization_number: "12345"
  authorization_ends:         # year-month-day
  # evidence: {exhibit: notes, page: 1}
"""
EXHIBITS = """\
# The documents that are sent along, beside this file.
# exhibits:
#   - {id: notes, title: Psychiatric progress notes, kind: chart_notes, file: notes.pdf}
"""
_DENIAL = """\
#   - {id: denial, title: The plan's decision, kind: denial, file: denial.pdf}
"""
_CONSENTS = """\
# A record of a substance use disorder program also has `part_2: yes`, and goes only with the
# patient's consent, written as `consents: {part_2: {by: , on: , scope: }}`; its notice goes along.
"""
RATIONALE = """\
# The clinician's own words; they are printed as they are.
# rationale:
#   why_this_treatment: |
#     ...
#   safety: |
#     ...
"""


def skeleton(  # noqa: PLR0913 - what a new case is for, and how it begins
    service: Service,
    written: str,
    found: LibraryPayer | None,
    day: date,
    kind: Kind = Kind.INITIAL,
    *,
    by_hand: bool = True,
) -> str:
    """Return the text of a new case file for a service and a payer as staff wrote it.

    What the version in force on `day` asks of this kind of request stands as comments where the
    answer goes. Begun `by_hand` the list of treatments stands open: it is the place to go on.
    """
    version = in_force(service, found, day)
    asked = asked_by(version, kind)
    parts = [
        *heading(service, found, version, kind),
        "",
        _PEOPLE.replace("PAYER", found.id if found else _quoted(written)),
        "\n".join([request(service, day, kind).rstrip(), *_limits(asked), ""]),
        *([_COURSE] if kind is Kind.RENEWAL else []),
        *([_answer(asked)] if kind is Kind.APPEAL else []),
        *_episode(),
        _HISTORY.rstrip(),
        "",
        *scores(asked, kind),
        *attestations(asked),
        *exceptions(version),
        EXHIBITS + (_DENIAL if kind is Kind.APPEAL else "") + _CONSENTS,
        RATIONALE.replace(*_STOPPING) if kind is Kind.RENEWAL else RATIONALE,
    ]
    text = "\n".join(parts)
    return text if by_hand else text.replace("\ntreatments:\n", "\n# treatments:\n", 1)


_ABOUT = {
    Kind.INITIAL: "A request",
    Kind.RENEWAL: "A request to renew the authorization",
    Kind.APPEAL: "An appeal",
}
_STOPPING = ("#   safety: |", "#   risk_of_stopping: |\n#     ...\n#   safety: |")


def asked_by(
    version: rules.Version | None, kind: Kind = Kind.INITIAL
) -> tuple[rules.AnyCriterion, ...]:
    """Return every criterion that a version has for a kind of request; none without one."""
    criteria = version.criteria_for(kind) if version else None
    return rules.leaves(criteria) if criteria else ()


def heading(
    service: Service,
    found: LibraryPayer | None,
    version: rules.Version | None,
    kind: Kind = Kind.INITIAL,
) -> Iterator[str]:
    """Yield the lines at the head: the service, the policy in force, and what it asks."""
    yield f"# {_ABOUT[kind]} for {service.name}."
    yield from _about(version, found)
    criteria = version.criteria_for(kind) if version else None
    if criteria:
        yield "#"
        yield "# What the policy asks:"
        yield from _asked(criteria)


def _quoted(written: str) -> str:
    """Return a name as YAML takes it whatever signs it holds."""
    return json.dumps(written, ensure_ascii=False)


def _asked(part: rules.Part, indent: str = "#   ") -> Iterator[str]:
    """Yield what is asked as a list to work through; what a choice consists of stands below it."""
    if not isinstance(part, rules.All | rules.AnyOf | rules.AtLeast):
        yield from _item(part.requirement, indent)
        return
    within = indent
    if part.requirement or not isinstance(part, rules.All):
        how = _how_many(part)
        text = f"{part.requirement} ({how})" if part.requirement else how.capitalize()
        yield from _item(text, indent)
        within = f"{indent}  "
    for one in part.parts:
        yield from _asked(one, within)


def _how_many(group: rules.All | rules.AnyOf | rules.AtLeast) -> str:
    if isinstance(group, rules.AtLeast):
        return f"at least {group.at_least} of these"
    return "all of these" if isinstance(group, rules.All) else "one of these"


def _item(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, 96, initial_indent=f"{indent}- ", subsequent_indent=f"{indent}  ")


def _limits(asked: tuple[rules.AnyCriterion, ...]) -> Iterator[str]:
    """Yield the places for the amounts that the policy limits."""
    limits = [criterion for criterion in asked if isinstance(criterion, rules.Quantity)]
    for most in dict.fromkeys(limit.most_sessions for limit in limits if limit.most_sessions):
        yield f"  sessions:                   # how many in all; the policy takes at most {most}"
    for mg in dict.fromkeys(limit.most_mg_per_week for limit in limits if limit.most_mg_per_week):
        yield f"  mg_per_week:                # how many mg a week; the policy takes at most {mg}"


def in_force(service: Service, found: LibraryPayer | None, day: date) -> rules.Version | None:
    """Return the version of a payer's policy for a service that is in force on `day`, if any."""
    fitting = [
        version
        for file in (found.policies if found else ())
        if service.id in file.policy.services and (version := file.policy.version_on(day))
    ]
    return max(fitting, key=lambda version: version.effective_from.first, default=None)


def _about(version: rules.Version | None, found: LibraryPayer | None) -> Iterator[str]:
    if version is None:
        yield "# No policy of this payer for this service is on file: no criteria are claimed."
        return
    name = found.payer.name if found and found.payer else ""
    yield f"# {name}, {version.source.title}, version {version.id}: {version.stance.value}."
    for line in version.not_read:
        yield f"# Not read: {line}"


def request(service: Service, day: date, kind: Kind = Kind.INITIAL) -> str:
    """Return the section on what is asked for, with the service's codes of the day."""
    codes = [code.code for code in service.codes_on(day) if code.system in ("HCPCS", "CPT")]
    first = f"{{code: {codes[0]}, units: }}" if codes else "{code: , units: }"
    other = f"   # others: {listed(codes[1:], 'and')}" if len(codes) > 1 else ""
    filled = _REQUEST.replace("SERVICE", service.id).replace(f"{'KIND':22}", f"{kind.value:22}")
    text = filled.replace("[CODES]", f"[{first}]{other}")
    approvals = [approval.id for approval in service.approvals]
    if not approvals:
        return text
    return text + f"  # indication: {approvals[0]}           # the approval: {listed(approvals)}\n"


def _answer(asked: tuple[rules.AnyCriterion, ...]) -> str:
    """Return the section on the payer's decision, with the ids of the criteria of the policy."""
    ids = [one.id for one in asked]
    if not ids:
        return re.sub(r"(?m)^.*CRITERION.*\n", "", _ANSWER)
    names = textwrap.fill(f"Its criteria are {', '.join(ids)}.", 96, initial_indent="# ")
    head, rest = _ANSWER.split("\nanswer:", 1)
    named = names.replace("\n", "\n# ")
    return f"{head}\n{named}\nanswer:{rest}".replace("CRITERION", ids[0])


def _episode() -> Iterator[str]:
    yield "diagnoses: [{code: }]         # such as F33.2; first the one that the request is for"
    yield "# episode: {onset: 2025-01, severity: severe, psychotic_features: no}"
    yield ""


def scores(asked: tuple[rules.AnyCriterion, ...], kind: Kind = Kind.INITIAL) -> Iterator[str]:
    """Yield an example of each scale that the policy takes; for a renewal with its baseline."""
    named = (
        n for c in asked if isinstance(c, rules.ScoreAtLeast | rules.Response) for n in c.scales
    )
    names = tuple(dict.fromkeys(named)) or ("PHQ-9",)
    evidence = "evidence: {exhibit: notes, page: 1}"
    if kind is Kind.RENEWAL:
        yield "# The score before treatment, and the latest one on the same scale:"
    yield "# scores:"
    for name in names:
        if kind is Kind.RENEWAL:
            before = f"scale: {name}, total: 22, on: 2026-08-14, baseline: yes"
            yield f"#   - {{{before}, {evidence}}}"
        yield f"#   - {{scale: {name}, total: 22, on: 2026-11-10, {evidence}}}"
    yield ""


def attestations(asked: tuple[rules.AnyCriterion, ...]) -> Iterator[str]:
    """Yield the questions that the policy has for the prescriber."""
    questions = {
        criterion.attestation: criterion.question
        for criterion in asked
        if isinstance(criterion, rules.Attested | rules.Exclusion) and criterion.attestation
    }
    if not questions:
        return
    yield "# What the prescriber is asked to stand for, by yes or no:"
    yield "# Add `evidence:`, and `statement:`, the chart's own sentence, which is printed."
    yield "# attestations:"
    for name, question in questions.items():
        yield f"#   # {question}"
        yield f"#   {name}: {{answer: yes, by: , on: 2026-11-12}}"
    yield ""


def exceptions(version: rules.Version | None) -> Iterator[str]:
    """Yield the place for reasons where the payer does not cover the service."""
    if version is None or version.stance not in (
        rules.Stance.EXPERIMENTAL,
        rules.Stance.NOT_COVERED,
    ):
        return
    yield "# The payer does not cover this: the letter asks for an exception, with these reasons."
    yield "exceptions:"
    yield "  - {criterion: stance, reason: , by: , on: }"
    yield ""
