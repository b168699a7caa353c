"""What was tried and how it went: treatments, doses over time, scores.

Not for weighing: whether a treatment is an adequate trial is for `trials` and `criteria`.
"""

from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    Discriminator,
    Field,
    Tag,
    ValidationInfo,
    field_validator,
)
from pydantic_core import PydanticCustomError

from priorauth.codes import Line, Number, Record, Slug, Text
from priorauth.dates import PartialDate, Span, shown
from priorauth.reference import drugs, scales


class Outcome(StrEnum):
    """How a treatment went, in the chart's words."""

    NO_RESPONSE = "no_response"
    PARTIAL_RESPONSE = "partial_response"
    RESPONSE = "response"
    REMISSION = "remission"
    INTOLERANCE = "intolerance"
    CONTRAINDICATED = "contraindicated"
    TOO_EARLY = "too_early_to_judge"  # of what is still given

    @property
    def words(self) -> str:
        """Return it inside a sentence: `no response`."""
        return self.value.replace("_", " ")


class Source(StrEnum):
    """What kind of record a treatment is known from."""

    CHART = "chart"
    CLAIMS = "claims"
    PHARMACY = "pharmacy"
    PATIENT_REPORT = "patient_report"
    SAMPLES = "samples"

    @property
    def words(self) -> str:
        """Return it inside a sentence: `patient report`."""
        return self.value.replace("_", " ")


class Purpose(StrEnum):
    """What a drug was given for."""

    DEPRESSION = "depression"
    SLEEP = "sleep"
    SMOKING = "smoking"
    PAIN = "pain"
    ANXIETY = "anxiety"
    OTHER = "other"


class Evidence(Record, defer_build=False):
    """Where in an exhibit a fact stands: the exhibit's id and its page, counted from 1."""

    exhibit: Slug
    page: int = Field(ge=1)


def _as_tuple(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    return (value,) if isinstance(value, dict | Evidence) else value


Evidences = Annotated[tuple[Evidence, ...], BeforeValidator(_as_tuple)]


class Said(Record):
    """A person's own words: what was said, by whom, and when."""

    text: Text
    by: Line
    on: PartialDate
    evidence: Evidences = ()


NO_DOSES = "needs its doses over time, or the outcome contraindicated"

Percent = Annotated[Number, Field(ge=-100, le=100)]


def _positive(unit: str, **more: Any) -> Any:  # noqa: ANN401 - a pydantic field
    return Field(default=None, gt=0, le=100_000, description=unit, **more)


def fall_percent(before: int, after: int) -> Decimal:
    """Return the fall of a score in percent of the score before; negative when it rose."""
    return Decimal(100 * (before - after)) / before


def number(value: Decimal) -> str:
    """Return a number without needless zeros: `150`, `62.5`."""
    return f"{value.normalize():f}"


def percent(value: Decimal) -> str:
    """Return a percentage in words, to a tenth as a reader's calculator has it: `5.4 percent`."""
    return f"{number(value.quantize(Decimal('0.1'), ROUND_HALF_UP))} percent"


def gained(value: Decimal) -> str:
    """Return an improvement in words: `improved by 50 percent`, `worsened by 5.9 percent`."""
    return f"{'worsened' if value < 0 else 'improved'} by {percent(abs(value))}"


def after_start(end: PartialDate | None, info: ValidationInfo) -> PartialDate | None:
    """Return the end of a time; raise when it is certainly before the start."""
    start = info.data.get("start")
    if start and end and end.last < start.first:
        raise PydanticCustomError("end_before_start", "the end is before the start")
    return end


def known_drug(name: str) -> str:
    """Return the name when the reference data knows the drug; else raise, naming near ones."""
    if drugs.find(name) is None:
        raise PydanticCustomError(
            "unknown_drug", "this drug is not known here", {"near": drugs.nearest_names(name)}
        )
    return name


def known_scale(name: str) -> str:
    """Return the scale's own name when the reference data knows it; else raise."""
    found = scales.find(name)
    if found is None:
        raise PydanticCustomError(
            "unknown_scale", "this scale is not known here", {"near": scales.nearest_names(name)}
        )
    return found.name


def on_scale(total: int, info: ValidationInfo) -> int:
    """Return a total; raise when the scale, which stands before it, cannot have it."""
    scale = scales.find(info.data.get("scale", ""))
    if scale and not scale.has_total:
        raise PydanticCustomError("no_total", "this scale has no total score")
    if scale and not scale.holds(total):
        raise PydanticCustomError(
            "off_scale",
            "the score is outside the scale, which runs from {least} to {greatest}",
            {"least": scale.least, "greatest": scale.greatest},
        )
    return total


class Dose(Record, defer_build=False):
    """One dose held over a time; just one of the three amounts is given."""

    mg_per_day: Number | None = _positive("mg a day (for a patch, mg in 24 hours)")
    mcg_per_day: Number | None = _positive("micrograms a day (liothyronine)")
    mg_per_week: Number | None = _positive("mg a week (weekly fluoxetine)", validate_default=True)
    start: PartialDate = Field(alias="from")
    end: PartialDate | None = Field(default=None, alias="to")

    _end = field_validator("end")(after_start)

    @field_validator("mg_per_week")
    @classmethod
    def _one_amount(cls, amount: Decimal | None, info: ValidationInfo) -> Decimal | None:
        # An amount that is wrong by itself is absent from `data`: it counts as given.
        others = [info.data.get(name, ...) for name in ("mg_per_day", "mcg_per_day")]
        if sum(given is not None for given in (*others, amount)) != 1:
            raise PydanticCustomError(
                "one_amount", "needs just one of mg_per_day, mcg_per_day and mg_per_week"
            )
        return amount

    @property
    def amount(self) -> Decimal:
        """Return the amount in `unit`."""
        return next(a for a in (self.mg_per_day, self.mcg_per_day, self.mg_per_week) if a)

    @property
    def unit(self) -> str:
        """Return `mg/day`, `mcg/day` or `mg/week`."""
        if self.mg_per_week:
            return "mg/week"
        return "mg/day" if self.mg_per_day else "mcg/day"


class Change(Record, defer_build=False):
    """A score before a treatment and one at its end, on one scale."""

    scale: Line
    before: int = Field(ge=0)
    after: int = Field(ge=0)
    before_on: PartialDate | None = None
    after_on: PartialDate | None = None

    _scale = field_validator("scale")(known_scale)
    _totals = field_validator("before", "after")(on_scale)

    @field_validator("before")
    @classmethod
    def _not_zero(cls, before: int) -> int:
        if not before:
            raise PydanticCustomError("no_baseline", "the score before treatment is zero")
        return before

    @property
    def told(self) -> str:
        """Return the change in words: `MADRS 37 on 01/27/2025 to 35 on 06/16/2025`."""
        scored = ((self.before, self.before_on), (self.after, self.after_on))
        totals = (f"{total} on {shown(on)}" if on else str(total) for total, on in scored)
        return f"{self.scale} {' to '.join(totals)}"

    @property
    def improvement_percent(self) -> Decimal:
        """Return the fall of the score in percent of the score before; negative when it rose."""
        return fall_percent(self.before, self.after)


# What each outcome says of whether the treatment helped; the others say nothing of it.
HELPED = {
    Outcome.NO_RESPONSE: False,
    Outcome.PARTIAL_RESPONSE: False,
    Outcome.RESPONSE: True,
    Outcome.REMISSION: True,
}
# Every scale of depression with a printable source calls this fall of its score a response; a
# percentage without a scale, or on one whose definition was not read, is taken by it too.
_RESPONSE_PERCENT = 50


def _responded(gain: Decimal, change: Change | None) -> bool:
    """Return whether an improvement is a response, by the definition of the scale."""
    scale = scales.find(change.scale) if change else None
    defined = scale and scale.response_percent
    least = defined.value if defined and defined.mark.printable else _RESPONSE_PERCENT
    return gain >= least


def _remitted(change: Change | None) -> bool:
    """Return whether the last score is a remission by its total, however far it fell."""
    scale = scales.find(change.scale) if change else None
    if not (change and scale):
        return False
    return any(change.after <= found.value for found in scale.remissions if found.mark.printable)


class Course(Record):
    """What every kind of treatment says: how it went, why it ended, and where that stands."""

    outcome: Outcome | None = None
    improvement_percent: Percent | None = None
    change: Change | None = None
    stopped_because: Text | None = None
    adverse_effects: tuple[Line, ...] = ()
    prescriber: Line | None = None
    ongoing: bool = False
    source: Source | None = None
    evidence: Evidences = ()

    @property
    def improvement(self) -> Decimal | None:
        """Return the improvement in percent that the record states or its scores give."""
        if self.improvement_percent is None and self.change:
            return self.change.improvement_percent
        return self.improvement_percent

    @property
    def contradicted(self) -> bool:
        """Return whether the figures say of the word that the treatment helped, or did not."""
        gain, helped = self.improvement, HELPED.get(self.outcome) if self.outcome else None
        if gain is None or helped is None:
            return False
        if self.outcome is Outcome.REMISSION and _remitted(self.change):
            return False
        return _responded(gain, self.change) is not helped


class DrugTreatment(Course, defer_build=False):
    """A drug as it was taken: doses over time, for what, and beside which other drug."""

    kind: Literal["drug"] = Field(default="drug", exclude=True)
    drug: Line
    purpose: Purpose = Purpose.DEPRESSION
    doses: tuple[Dose, ...] = Field(default=(), validate_default=True)
    augments: Line | None = None
    adherence_percent: int | None = Field(default=None, ge=0, le=100)
    maximum_tolerated: bool | None = None
    serum_level: Line | None = None

    _drug = field_validator("drug", "augments")(lambda name: name and known_drug(name))

    @field_validator("doses")
    @classmethod
    def _taken(cls, doses: tuple[Dose, ...], info: ValidationInfo) -> tuple[Dose, ...]:
        outcome = info.data.get("outcome", Outcome.CONTRAINDICATED)  # absent when it is wrong
        if not doses and outcome is not Outcome.CONTRAINDICATED:
            raise PydanticCustomError("no_doses", NO_DOSES)
        return doses

    @property
    def product(self) -> drugs.Product:
        """Return the agent, and the form when the name tells it."""
        found = drugs.find(self.drug)
        if found is None:
            raise LookupError  # never after validation
        return found

    @property
    def augmented(self) -> drugs.Product | None:
        """Return the agent that this drug was added to, or None."""
        return drugs.find(self.augments) if self.augments else None


class _Dated(Course):
    start: PartialDate | None = Field(default=None, alias="from")
    end: PartialDate | None = Field(default=None, alias="to")
    sessions: int | None = Field(default=None, ge=0, le=2000)

    _end = field_validator("end")(after_start)

    @property
    def span(self) -> Span | None:
        """Return the time from start to end when both are known."""
        return Span(self.start, self.end) if self.start and self.end else None


class Psychotherapy(_Dated):
    """A course of psychotherapy, as a summary; never psychotherapy notes."""

    kind: Literal["psychotherapy"] = Field(default="psychotherapy", exclude=True)
    psychotherapy: Line
    provider: Line | None = None


class DeviceTreatment(_Dated, defer_build=False):
    """A course of TMS or ECT."""

    kind: Literal["tms", "ect"] = Field(exclude=True)
    protocol: Line

    @classmethod
    def written_keys(cls) -> tuple[str, ...]:
        """Return the keys as a file has them: `tms: iTBS` is the kind and the protocol."""
        return "tms", "ect", *(key for key in super().written_keys() if key != "protocol")


class KetamineTreatment(_Dated, defer_build=False):
    """Ketamine or esketamine that was given already."""

    kind: Literal["ketamine", "esketamine"] = Field(exclude=True)
    route: Line
    mg_per_session: Number | None = _positive("mg a session")

    @classmethod
    def written_keys(cls) -> tuple[str, ...]:
        """Return the keys as a file has them: `ketamine: IV` is the kind and the route."""
        return "ketamine", "esketamine", *(key for key in super().written_keys() if key != "route")


TREATMENT_KEYS = ("drug", "psychotherapy", "tms", "ect", "ketamine", "esketamine")


def treatment_kind(value: Any) -> str | None:  # noqa: ANN401 - raw input of any form
    """Return which kind of treatment a raw mapping or a model is; None when not just one."""
    if isinstance(value, Course):
        return str(getattr(value, "kind", "")) or None
    keys = [key for key in TREATMENT_KEYS if isinstance(value, dict) and key in value]
    return keys[0] if len(keys) == 1 else None


def _named(kind: str, detail: str) -> BeforeValidator:
    """Turn `tms: iTBS` into `kind: tms, protocol: iTBS`, so that one model serves both."""

    def unfold(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
        if not isinstance(value, dict):
            return value
        if detail in value or "kind" in value:
            raise PydanticCustomError("unfolded", f"`{detail}` and `kind` are not keys here")
        rest = {key: item for key, item in value.items() if key != kind}
        return {**rest, "kind": kind, detail: value[kind]}

    return BeforeValidator(unfold)


Treatment = Annotated[
    Annotated[DrugTreatment, Tag("drug")]
    | Annotated[Psychotherapy, Tag("psychotherapy")]
    | Annotated[DeviceTreatment, _named("tms", "protocol"), Tag("tms")]
    | Annotated[DeviceTreatment, _named("ect", "protocol"), Tag("ect")]
    | Annotated[KetamineTreatment, _named("ketamine", "route"), Tag("ketamine")]
    | Annotated[KetamineTreatment, _named("esketamine", "route"), Tag("esketamine")],
    Discriminator(
        treatment_kind,
        custom_error_type="treatment_kind",
        custom_error_message="needs just one of "
        "drug, psychotherapy, tms, ect, ketamine and esketamine",
    ),
]


class Score(Record):
    """One total on a rating scale, on one date."""

    scale: Line
    total: int = Field(ge=0)
    on: PartialDate
    rater: Line | None = None
    baseline: bool = False
    evidence: Evidences = ()

    _scale = field_validator("scale")(known_scale)
    _total = field_validator("total")(on_scale)
