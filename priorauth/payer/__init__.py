"""What an administrator may write: payer, policy, dated version, criteria, worked examples.

Numbers, codes, dates, words and citations are data here; how each kind is measured is in
`criteria`. There is no expression language.
"""

from priorauth.payer.criteria import (
    Age,
    AnyCriterion,
    Attested,
    Augmentation,
    ConcurrentAntidepressant,
    DiagnosisIs,
    Exclusion,
    FailedTrials,
    Knows,
    PrescriberIs,
    PriorDevice,
    PsychotherapyTried,
    Quantity,
    Response,
    ScoreAtLeast,
    SeverityIs,
    Substitute,
    Window,
)
from priorauth.payer.examples import (
    Example,
    Examples,
)
from priorauth.payer.groups import (
    All,
    AnyOf,
    AtLeast,
    Part,
    leaves,
    part_kind,
)
from priorauth.payer.payer import (
    Destination,
    FormId,
    Payer,
    Requests,
    UsedForm,
)
from priorauth.payer.policy import (
    Citation,
    Policy,
    Renewal,
    Stance,
    Terms,
    Version,
)

__all__ = [
    "Age",
    "All",
    "AnyCriterion",
    "AnyOf",
    "AtLeast",
    "Attested",
    "Augmentation",
    "Citation",
    "ConcurrentAntidepressant",
    "Destination",
    "DiagnosisIs",
    "Example",
    "Examples",
    "Exclusion",
    "FailedTrials",
    "FormId",
    "Knows",
    "Part",
    "Payer",
    "Policy",
    "PrescriberIs",
    "PriorDevice",
    "PsychotherapyTried",
    "Quantity",
    "Renewal",
    "Requests",
    "Response",
    "ScoreAtLeast",
    "SeverityIs",
    "Stance",
    "Substitute",
    "Terms",
    "UsedForm",
    "Version",
    "Window",
    "leaves",
    "part_kind",
]
