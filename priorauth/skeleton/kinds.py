"""Every kind of criterion as an administrator writes it: an example with each choice explained.

The policy files to fill in and `payers/README.md` are made from this.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import yaml
from pydantic import TypeAdapter

from priorauth import explain
from priorauth.payer import AnyCriterion, Part, leaves

if TYPE_CHECKING:
    from collections.abc import Iterator

_AGE = """\
- id: age
  requirement: The patient is 18 or older
  kind: age
  least: 18                    # whole years
  # below: 65                  # younger than this
"""
_DIAGNOSIS = """\
- id: diagnosis
  requirement: Major depressive disorder, single episode or recurrent
  kind: diagnosis
  one_of: [F32, F33]           # the first diagnosis begins with one of these codes
  # none_of: [F31]             # and no diagnosis begins with one of these
"""
_SEVERITY = """\
- id: severity
  requirement: The episode is severe
  kind: severity
  least: severe                # mild, moderate or severe, in the clinician's word
"""
_FAILED_TRIALS = """\
- id: failed_trials
  requirement: Two antidepressants of two classes failed, each for 6 weeks at an adequate dose
  kind: failed_trials
  least: 2                     # how many
  classes: 2                   # of how many classes (SSRI, SNRI, TCA, ...)
  weeks: 6                     # each at least so long; leave out when the policy does not say
  # weeks_by_outcome: {partial_response: 8}   # another length after one outcome
  dose: least_effective        # or maximum_tolerated, any
  window: {current_episode: yes}   # and/or years: 5; leave out for any time
  # in_episode: 1              # how many of them must lie in this episode
  outcomes: [no_response, partial_response]
  # most_improvement_percent: 25
  # adherence_percent: 80
  intolerance: {counts: not_stated}       # yes, no, not_stated: does a stop for side effects count
  contraindication: {counts: not_stated}  # with least_trials: 4 when more trials are needed then
  # gap_days: 7                # the longest pause that does not break a trial
  # sources_refused: [samples] # chart, claims, pharmacy, patient_report, samples
  off_label: not_stated        # yes, no or not_stated: does a drug count that is no antidepressant
"""
_AUGMENTATION = """\
- id: augmentation
  requirement: An augmenting agent was tried for 4 weeks
  kind: augmentation
  least: 1                     # how many
  weeks: 4
  agents: [lithium, aripiprazole]  # any of these, or any drug of these classes; both empty: any
  classes: [SGA]
  # outcomes: [no_response]    # how it must have gone; leave out when the policy does not say
  # intolerance: {counts: not_stated}     # with outcomes: yes, no or not_stated, as above
  # contraindication: {counts: not_stated}
  # window: {years: 5}
"""
_PSYCHOTHERAPY = """\
- id: psychotherapy
  requirement: A course of psychotherapy with evidence behind it
  kind: psychotherapy
  types: [CBT, IPT]            # leave out for any
  # sessions: 12
  # weeks: 8
  # outcomes: [no_response, partial_response]
  # window: {current_episode: yes}
"""
_SCORE = """\
- id: baseline_score
  requirement: A PHQ-9 of 15 or a MADRS of 28, from the past 28 days
  kind: score
  scales: {PHQ-9: 15, MADRS: 28}   # the latest score on one of them is at least this
  within_days: 28
"""
_PRESCRIBER = """\
- id: prescriber
  requirement: A psychiatrist prescribes or has been consulted
  kind: prescriber
  specialties: [psychiatry]
  or_consultation: yes
"""
_CONCURRENT = """\
- id: concurrent_antidepressant
  requirement: An oral antidepressant is taken beside it
  kind: concurrent_antidepressant
  rule: required               # or not_required
  # stable_weeks: 2            # unchanged for so long
  # not_failed: yes            # none of those that failed
"""
_PRIOR_DEVICE = """\
- id: prior_tms
  requirement: TMS was tried before
  kind: prior_device
  devices: [tms]               # tms, ect or both
  # sessions: 20
  outcomes: [no_response, partial_response, intolerance, contraindicated]
  # least_percent: 50          # with outcomes: [response, remission], how much it must have helped
  # before_episode: yes        # it ended before the present episode
"""
_ATTESTATION = """\
- id: rems
  requirement: The site is certified in the REMS
  kind: attestation
  attestation: rems_site_certified   # the key that staff write under attestations:
  question: Is the treatment site certified in the Spravato REMS?
  # ask: the practice          # who knows; the prescriber when left out
"""
_EXCLUSION = """\
- id: no_psychosis
  requirement: No psychotic disorder
  kind: exclusion
  diagnoses: [F20, F25]        # no diagnosis begins with one of these
  attestation: no_psychosis    # and a person says so: yes means that it is absent
  question: Is the patient free of any psychotic disorder?
"""
_QUANTITY = """\
- id: quantity
  requirement: No more than 168 mg a week
  kind: quantity
  most_mg_per_week: 168
  # most_sessions: 36
  # most_units: {J0013: 168}
"""
_RESPONSE = """\
- id: response
  requirement: The PHQ-9 fell by half since baseline
  kind: response
  scales: [PHQ-9]              # the same scale at baseline and now
  least_percent: 50            # leave out when any improvement will do
"""
KINDS = {
    "age": _AGE,
    "diagnosis": _DIAGNOSIS,
    "severity": _SEVERITY,
    "failed_trials": _FAILED_TRIALS,
    "augmentation": _AUGMENTATION,
    "psychotherapy": _PSYCHOTHERAPY,
    "score": _SCORE,
    "prescriber": _PRESCRIBER,
    "concurrent_antidepressant": _CONCURRENT,
    "prior_device": _PRIOR_DEVICE,
    "attestation": _ATTESTATION,
    "exclusion": _EXCLUSION,
    "quantity": _QUANTITY,
    "response": _RESPONSE,
}


def kinds_guide() -> str:
    """Return every kind of criterion as Markdown: what it is, an example, how that is measured."""
    return "\n".join(line for kind in KINDS for line in _section(kind)).rstrip() + "\n"


def _section(kind: str) -> Iterator[str]:
    yield from (f"### `{kind}`", "", _about(kind), "", "```yaml", KINDS[kind].rstrip(), "```", "")
    raw: list[dict[str, Any]] = yaml.safe_load(KINDS[kind])
    (criterion,) = leaves(TypeAdapter(Part).validate_python(raw[0]))
    yield from (f"Measured so: {explain.measured(criterion)}", "")


def _about(kind: str) -> str:
    for one in get_args(AnyCriterion):
        if get_args(one.model_fields["kind"].annotation) == (kind,):
            return " ".join((one.__doc__ or "").split())
    raise LookupError(kind)
