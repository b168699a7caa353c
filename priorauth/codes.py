"""Identifiers and codes that are right once they are built: NPI, ICD-10-CM, HCPCS and CPT, NDC.

Not for meaning: whether a code exists or is billable is in `reference`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError, PydanticKnownError, core_schema

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler

# Control characters, bar tab and new line; and those that turn the direction of the text around
# them or take no room, so that a line is not what it seems.
_UNSEEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
_NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_NPI_PREFIX = "80840"  # the card-issuer prefix that the NPI check digit is computed with


def luhn_is_right(digits: str) -> bool:
    """Return whether the last digit is the Luhn check digit of the ones before it."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        number = int(digit) * (2 if place % 2 else 1)
        total += number - 9 if number > 9 else number  # noqa: PLR2004 - two digits are summed
    return total % 10 == 0


def _npi(text: str) -> str:
    if not re.fullmatch(r"[12][0-9]{9}", text):
        raise PydanticCustomError("npi_form", "must be ten digits, the first of them 1 or 2")
    if not luhn_is_right(_NPI_PREFIX + text):
        raise PydanticCustomError("npi_check_digit", "the NPI's check digit is wrong")
    return text


def _text(text: str) -> str:
    if _UNSEEN.search(text):
        raise PydanticCustomError("unseen", "holds a character that cannot be printed")
    return text


def _line(text: str) -> str:
    if _UNSEEN.search(text) or len(text.splitlines()) > 1:
        raise PydanticCustomError("one_line", "must be plain text on one line")
    return text


def _number(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Refuse what only computers take for a number: `1e999999`, `NaN`, `1_000`."""
    if isinstance(value, str) and not _NUMBER.fullmatch(value.strip()):
        raise PydanticKnownError("decimal_parsing")
    return value


def _icd10cm(text: str) -> str:
    code = text.upper().replace(".", "")
    if not re.fullmatch(r"[A-Z][0-9][0-9A-Z]{1,5}", code):
        raise PydanticCustomError("icd10cm_form", "is not an ICD-10-CM code")
    return code if len(code) == 3 else f"{code[:3]}.{code[3:]}"  # noqa: PLR2004 - the category


def _procedure(text: str) -> str:
    code = text.upper()
    if not re.fullmatch(r"[A-Z][0-9]{4}|[0-9]{4}[0-9A-Z]", code):
        raise PydanticCustomError("procedure_code", "is not a HCPCS or CPT code")
    return code


def _ndc(text: str) -> str:
    parts = text.split("-")
    sizes = tuple(len(part) for part in parts)
    if not re.fullmatch(r"[0-9-]+", text):
        sizes = ()
    if sizes == (11,):
        return f"{text[:5]}-{text[5:9]}-{text[9:]}"
    if sizes not in {(4, 4, 2), (5, 3, 2), (5, 4, 1), (5, 4, 2)}:
        raise PydanticCustomError("ndc", "is not a National Drug Code")
    return f"{parts[0]:0>5}-{parts[1]:0>4}-{parts[2]:0>2}"


def _phone(text: str) -> str:
    digits = re.sub(r"[^0-9]", "", text)
    if len(digits) == 11 and digits.startswith("1"):  # noqa: PLR2004 - with the country code
        digits = digits[1:]
    if not re.fullmatch(r"[2-9][0-9]{2}[2-9][0-9]{6}", digits):
        raise PydanticCustomError("phone", "is not a US telephone number")
    return f"{digits[:3]}-{digits[3:6]}-{digits[6:]}"


class _Clean:
    """Text without blanks around it, not empty, of a greatest length, and checked.

    The schema is written out: pydantic puts it together anew for each of some hundred fields.
    """

    def __init__(self, most: int, check: Callable[[str], str]) -> None:
        self.most = most
        self.check = check

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        del source, handler
        text = core_schema.str_schema(strip_whitespace=True, min_length=1, max_length=self.most)
        return core_schema.no_info_after_validator_function(self.check, text)


Text = Annotated[str, _Clean(20_000, _text)]
Line = Annotated[str, _Clean(200, _line)]
ShortLine = Annotated[str, _Clean(60, _line)]
Sentence = Annotated[str, _Clean(600, _line)]
Number = Annotated[Decimal, BeforeValidator(_number)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}$")]
Npi = Annotated[str, AfterValidator(_npi)]
Icd10cm = Annotated[Line, AfterValidator(_icd10cm)]
ProcedureCode = Annotated[Line, AfterValidator(_procedure)]
Ndc = Annotated[Line, AfterValidator(_ndc)]
Phone = Annotated[Line, AfterValidator(_phone)]
MemberId = Annotated[
    str, StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9][A-Za-z0-9 -]{1,29}$")
]


class Record(BaseModel):
    """What every frozen model of a case or a library shares: strict keys, and silence.

    No value of a record shows in its text form: tracebacks and logs carry these.
    """

    # defer_build: a command builds only the models that it reads with, which halves its start.
    # A model that stands in several others says defer_build=False, and is built once for all.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        validate_by_name=True,
        defer_build=True,
    )

    @classmethod
    def written_keys(cls) -> tuple[str, ...]:
        """Return the keys that a file may have, as they are written there."""
        fields = cls.model_fields.items()
        return tuple(info.alias or name for name, info in fields if not info.exclude)

    def __repr__(self) -> str:
        """Return the name of the model alone."""
        return f"<{type(self).__name__}>"

    __str__ = __repr__
