"""A payer and a policy to fill in: commented, every choice explained, valid from the start."""

from __future__ import annotations

import json
import re
import textwrap
from typing import TYPE_CHECKING

from priorauth import schema
from priorauth.phrases import PHRASES
from priorauth.skeleton.kinds import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from priorauth.reference.services import Service

# Words that most payers' names share: an id without them is short and still one's own.
_COMMON = frozenset(
    ("the", "health", "plan", "plans", "insurance", "company", "inc", "corporation", "group")
)
_PAYER = """\
SCHEMA
name: NAME
# Other names that staff may write:
# aliases: [Acme, Acme Health]

# Where requests go. Each entry says where that was read, and when.
# addresses:
#   - benefit: medical         # or pharmacy, behavioral; leave out for all
#     # urgent: yes            # only for expedited requests
#     # department: Utilization Management
#     fax: 800-555-0100
#     # phone: 800-555-0101
#     # address: {street: 1 Main Street, city: Springfield, state: IL, zip: "62701"}
#     source: the payer's provider manual, page 12
#     read_on: DAY

# The documents of a packet in the order that this payer wants:
# documents: [fax_cover, form, letter, exhibits]

# The payer's own forms, filled from the case. `priorauth manual payers` says how to map one.
# forms:
#   - form: request            # payers/ID/forms/request.yaml, and request.pdf beside it
#     # services: [esketamine]
#     # kinds: [initial, renewal]

# Sentences and headings of the letter that this payer wants its own way. These are the ones that
# stand without it; `priorauth vars phrases` says where each stands, and `priorauth preview PAYER`
# shows the letter. A name in braces is replaced by what the case says.
# phrases:
PHRASES

# What staff should know:
# notes:
#   - Requests are taken through the portal too.
"""
_POLICY = """\
SCHEMA
# POLICY
#
# Numbers, codes and dates are the payer's; the sentences are your own. What you could not read
# stands under `not_read:`, and staff are told. Versions are added, never edited: when the payer
# changes the policy, end this version with `effective_to:` and add the next one below.
# See it in words:  priorauth explain PAYER SERVICE
# Check it:         priorauth check
title: TITLE   # as the payer's document has it: the letter prints it
# number: MP-123
services: [SERVICE]
# lines_of_business: [commercial, exchange, self_funded]   # medicare_advantage, medicare, medicaid
# benefits: [medical]                                      # pharmacy, behavioral
versions:
  - id: first                  # a name of your own, such as 2026-01
    effective_from: DAY    # a day, a month (2026-01) or a year (2026)
    # effective_to: 2027-12-31
    # covered (needs criteria), experimental, not_covered, no_authorization_needed, or silent while
    # the policy has not been read
    stance: silent
    source:
      title: Not read yet
      # number: MP-123
      # url: https://...
      # page: 3
      read_on: DAY
      read: secondary          # own_document when the payer's own document was read
      # V read in the payer's own document, V2 in a secondary page, V2-low in a poor one, M in none
      mark: M
    # indication: treatment-resistant depression
    # criteria:
    #   all:                   # or any:, or at_least: 2 with of:; groups can hold groups
CRITERIA
    # initial: {months: 6}     # how long a first approval lasts; or days:, with a note:
    # renewal:
    #   criteria:
    #     all:
RENEWAL
    #   terms: {months: 6}
    not_read:
      - Everything. This file is new.
    # notes:
    #   - What staff should know.
"""
_EXAMPLES = """\
SCHEMA
# Worked examples: each is a test. They start from a sample case; `change` and `remove` name what
# differs, as a path with dots: treatments.0.outcome. Show each criterion met, not met and unknown.
# To see what the sample holds:  priorauth sample BASE -o sample
base: BASE
on: DAY
service: SERVICE
examples:
  - name: While the policy has not been read nothing can be said.
    version: first
    expect: {overall: unknown}
  # - name: One of the trials was too short.
  #   change: {treatments.0.doses: [{mg_per_day: 100, from: 2025-03-03, to: 2025-03-30}]}
  #   remove: [treatments.1]
  #   expect: {failed_trials: not_met, overall: not_met}
"""


def payer_id_of(name: str) -> str:
    """Return the id that a payer's name makes: `Acme Health Plan` is `acme`."""
    words = re.findall(r"[a-z0-9]+", name.casefold())
    return "-".join([word for word in words if word not in _COMMON] or words)


def payer_file(name: str, day: date) -> str:
    """Return the text of a new payer.yaml."""
    text = _PAYER.replace("SCHEMA", schema.editor_line("payer")).replace("DAY", str(day))
    text = (
        text.replace("PHRASES", "\n".join(_phrases()))
        .replace("PAYER", payer_id_of(name))
        .replace("payers/ID", f"payers/{payer_id_of(name)}")
    )
    return text.replace("NAME", json.dumps(name, ensure_ascii=False))


def _phrases() -> Iterator[str]:
    """Yield each phrase as it reads by default, as a comment."""
    for name, one in PHRASES.items():
        yield f"#   {name}: {json.dumps(one.default or one.example, ensure_ascii=False)}"


def policy_file(payer_id: str, payer_name: str, service: Service, day: date) -> str:
    """Return the text of a new policy file for a service: every kind of criterion as a comment."""
    return (
        _POLICY.replace("SCHEMA", schema.editor_line("policy"))
        .replace("# POLICY", f"# What {payer_name} says of {service.name}.")
        .replace("PAYER", payer_id)
        .replace("SERVICE", service.id)
        .replace("TITLE", json.dumps(service.name, ensure_ascii=False))
        .replace("DAY", str(day))
        .replace("CRITERIA", _commented("".join(v for k, v in KINDS.items() if k != "response"), 6))
        .replace("RENEWAL", _commented(KINDS["response"], 8))
    )


def examples_file(service: Service, base: str, day: date) -> str:
    """Return the text of a new file of worked examples, which starts from the sample `base`."""
    return (
        _EXAMPLES.replace("SCHEMA", schema.editor_line("examples"))
        .replace("SERVICE", service.id)
        .replace("BASE", base)
        .replace("DAY", str(day))
    )


def _commented(text: str, depth: int) -> str:
    """Return lines as a comment inside a version, `depth` blanks behind the sign."""
    return textwrap.indent(text.rstrip(), f"    #{' ' * (depth - 1)}")
