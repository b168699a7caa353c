"""Files to fill in: a case that asks for what a policy needs, a payer, a policy, a template.

Not for filling in: every value is the practice's or the administrator's to write.
"""

from __future__ import annotations

from priorauth.skeleton.case import skeleton
from priorauth.skeleton.kinds import KINDS, kinds_guide
from priorauth.skeleton.library import examples_file, payer_file, payer_id_of, policy_file
from priorauth.skeleton.template import template_file

__all__ = [
    "KINDS",
    "examples_file",
    "kinds_guide",
    "payer_file",
    "payer_id_of",
    "policy_file",
    "skeleton",
    "template_file",
]
