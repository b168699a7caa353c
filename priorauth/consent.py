"""What the patient has signed so that a specially protected record may be sent to a payer.

Not for whether it is enough: `criteria` asks for what lacks.
"""

from datetime import date

from pydantic import Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from priorauth.codes import Line, Record, Text
from priorauth.dates import Day
from priorauth.history import Evidences


class Consent(Record):
    """One signed form: by whom, when, and what it permits."""

    by: Line = Field(description="who signed: the patient, or who may sign in the patient's place")
    on: Day = Field(description="the day of the signature")
    scope: Text | None = Field(
        default=None, description="which records go to whom and for what, as the form says it"
    )
    expires: Day | None = Field(default=None, description="the last day on which it holds")
    evidence: Evidences = Field(default=(), description="where a copy of the form is enclosed")

    @field_validator("expires")
    @classmethod
    def _after_signature(cls, when: date | None, info: ValidationInfo) -> date | None:
        signed = info.data.get("on")
        if when and signed and when < signed:
            raise PydanticCustomError("end_before_start", "the consent ends before it was signed")
        return when


class Consents(Record):
    """The signed forms, by the kind of record that they are for; one never stands for the other."""

    part_2: Consent | None = Field(
        default=None, description="for records of a substance use disorder program (42 CFR Part 2)"
    )
    psychotherapy_notes: Consent | None = Field(
        default=None, description="the HIPAA authorization for psychotherapy notes"
    )
