"""The sentences and headings of a letter that a payer may have its own way, each with its default.

A closed list. Not for what a letter asserts: approvals, off-label use, findings, what is enclosed
and "draft" come from the record alone, and no phrase may speak of them.
"""

from __future__ import annotations

import re
from string import Formatter
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, NamedTuple

from pydantic_core import PydanticCustomError, core_schema

from priorauth.codes import Record, Sentence
from priorauth.problems import listed, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue

# What can stand in braces. Every value is the record's.
PLACEHOLDERS = {
    "service": "name of the service",
    "patient": "the patient's full name",
    "diagnosis": "the first diagnosis with its code",
    "plan": "dose, how often and for how long, as the case has it",
    "payer": "name of the payer",
    "prescriber": "the prescriber's name with credentials",
}
# Compiled when a phrase is checked: most payers have none.
# What the record alone can say: no phrase says it for a case that may not hold it. A phrase whose
# default has the word may have it too.
_CLAIM = (
    r"(?i)\b(enclos(?:ed?|ing|ures?)|attach(?:ed|ing|ments?)|FDA|approved|label(?:ed|ing)?|indicated|"
    r"proven?|effective|fail(?:ed|s|ure|ures)?|meets?|met|satisf(?:y|ies|ied)|cover(?:ed|s)|"
    r"urgent(?:ly)?|expedited?|emergency|immediate(?:ly)?|drafts?|signed|stat|threatening|"
    r"respon(?:d|ds|ded|se|ses)|remissions?|improve[ds]?|trials?|criteri(?:a|on)|fulfill?(?:ed|s)?|"
    r"necessary|necessity|pregnan\w*|coverage|guarantee[ds]?|append(?:ed|s|ix)?|stud(?:y|ies)|"
    r"evidence|safe)\b"
)
_TEMPLATE = r"\{\{|\}\}|\{%|%\}|\{#|#\}"
_MARKUP = r"<[/!a-zA-Z]|&#?\w+;"
_LONGEST_HEADING = 80
_WITHOUT_DIAGNOSIS = " for {diagnosis}"
_NONE: Mapping[str, str] = MappingProxyType({})


class Phrase(NamedTuple):
    """Where a phrase stands, how it reads by default, and what it must and may hold in braces."""

    where: str
    default: str
    needs: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    example: str = ""
    heading: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Return the placeholders that the phrase may hold."""
        return (*self.needs, *self.takes)

    def check(self, text: str) -> str:
        """Return the text if the phrase may read so; raises PydanticCustomError."""
        _refuse_markup(text)
        self._refuse_unknown(names_in(text))
        lacking = [f"{{{name}}}" for name in self.needs if name not in names_in(text)]
        if lacking:
            said = {"names": listed(lacking, "and")}
            raise PydanticCustomError("phrase_lacks", "has no {names} in it", said)
        self._refuse_claims(text)
        return text

    def _refuse_unknown(self, names: tuple[str, ...]) -> None:
        for name in names:
            if name not in self.names:
                near = nearest(name, self.names) or self.names
                what = "there is no placeholder of this name for this phrase"
                said = {"near": tuple(f"{{{one}}}" for one in near)}
                raise PydanticCustomError("phrase_name", what, said)

    def _refuse_claims(self, text: str) -> None:
        own = {word.casefold() for word in re.findall(_CLAIM, self.default)}
        for word in re.findall(_CLAIM, text):
            if word.casefold() not in own:
                what = "says `{word}`, which only the record can say"
                raise PydanticCustomError("phrase_claim", what, {"word": word.casefold()})
        if not self.heading and re.search(r"[0-9%]", text):
            raise PydanticCustomError("phrase_figure", "holds a figure that no record is behind")
        if self.heading and len(text) > _LONGEST_HEADING:
            raise PydanticCustomError("phrase_long", "is too long for a heading")

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        """Let a field that carries the phrase be checked by it."""
        del source
        return core_schema.no_info_after_validator_function(self.check, handler(Sentence))

    def __get_pydantic_json_schema__(
        self, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Show in editors where the phrase stands and how it reads by default."""
        default = f". By default: {self.default}" if self.default else ". By default: none"
        return {**handler(schema), "description": f"{self.where}{default}"}


def _refuse_markup(text: str) -> None:
    if re.search(_TEMPLATE, text):
        raise PydanticCustomError("phrase_template", "holds signs of a template")
    if re.search(_MARKUP, text):
        raise PydanticCustomError("phrase_html", "holds HTML, which would be printed as it is")


def names_in(text: str) -> tuple[str, ...]:
    """Return the placeholders that a text holds; raises PydanticCustomError for other braces."""
    try:
        parts = list(Formatter().parse(text))
    except ValueError:
        parts = [("", "", "", "")]
    found = [part for part in parts if part[1] is not None]
    if any(
        not re.fullmatch(r"[a-z_]+", name or "") or rest or mark for _, name, rest, mark in found
    ):
        raise PydanticCustomError("phrase_braces", "holds braces that are no placeholder")
    return tuple(str(name) for _, name, _, _ in found)


def _opening(of: str, words: str) -> Phrase:
    text = f"{words} {{service}} for {{patient}} for {{diagnosis}}: {{plan}}."
    needs, takes = ("service", "patient", "plan"), ("diagnosis", "payer", "prescriber")
    return Phrase(f"the first sentence of {of}", text, needs, takes)


def _ask(of: str, words: str) -> Phrase:
    takes = ("patient", "payer", "prescriber")
    return Phrase(f"what {of} asks for at its end", words, ("service",), takes)


def _heading(of: str, words: str) -> Phrase:
    return Phrase(f"heading of {of}", words, heading=True)


class Phrases(Record):
    """The sentences and headings that a payer wants its own way; what is left out is as always."""

    salutation: Annotated[
        str | None,
        Phrase(
            "a line before the request",
            "",
            takes=("payer",),
            example="To the utilization review department of {payer}:",
        ),
    ] = None
    title: Annotated[
        str | None,
        Phrase(
            "the title of a request; `: renewal` follows in a renewal",
            "Request for prior authorization",
            heading=True,
        ),
    ] = None
    opening: Annotated[
        str | None, _opening("a request", "Prior authorization is requested for")
    ] = None
    opening_renewal: Annotated[
        str | None, _opening("a renewal", "Renewal of prior authorization is requested for")
    ] = None
    opening_exception: Annotated[
        str | None,
        _opening(
            "a request for an exception",
            "An individual exception is requested so that the plan covers",
        ),
    ] = None
    opening_general: Annotated[
        str | None, _opening("a general letter", "Coverage is requested for")
    ] = None
    ask: Annotated[
        str | None,
        _ask("a request", "Please approve {service} for {patient} as requested above."),
    ] = None
    ask_renewal: Annotated[
        str | None,
        _ask(
            "a renewal",
            "Please renew the authorization of {service} for {patient} as requested above.",
        ),
    ] = None
    ask_exception: Annotated[
        str | None,
        _ask(
            "a request for an exception",
            "Please review this request individually and make an exception so that {service} is "
            "covered for {patient}, for the reasons above.",
        ),
    ] = None
    peer_to_peer: Annotated[
        str | None,
        Phrase(
            "the sentence that asks for a call before a denial",
            "If this cannot be approved as it stands, please call the prescriber for a "
            "peer-to-peer review before deciding.",
            takes=("prescriber", "payer"),
        ),
    ] = None
    attestation: Annotated[
        str | None,
        Phrase(
            "the sentence that the prescriber signs",
            "I attest that the statements in this letter are accurate and supported by the "
            "medical record.",
            takes=("prescriber",),
        ),
    ] = None
    heading_appeal: Annotated[
        str | None,
        _heading("the answer to a decision", "The decision, and an answer to each of its reasons"),
    ] = None
    heading_state: Annotated[str | None, _heading("the present state", "Present state")] = None
    heading_renewal: Annotated[
        str | None, _heading("a renewal's course", "Course so far, and response")
    ] = None
    heading_history: Annotated[
        str | None, _heading("the table of treatments", "Treatment history")
    ] = None
    heading_criteria: Annotated[
        str | None, _heading("the table of criteria", "The payer's criteria, one by one")
    ] = None
    heading_exceptions: Annotated[
        str | None, _heading("the reasons for an exception", "Exception requested")
    ] = None
    heading_rationale: Annotated[
        str | None,
        _heading("the clinician's rationale", "Medical necessity, in the clinician's words"),
    ] = None
    heading_safety: Annotated[
        str | None, _heading("safety and monitoring", "Safety and monitoring")
    ] = None
    heading_evidence: Annotated[
        str | None, _heading("the published works", "Published evidence")
    ] = None
    heading_ask: Annotated[str | None, _heading("what is asked for at the end", "Request")] = None
    heading_enclosures: Annotated[str | None, _heading("the list of enclosures", "Enclosures")] = (
        None
    )


def _of(name: str) -> Phrase:
    (found,) = (one for one in Phrases.model_fields[name].metadata if isinstance(one, Phrase))
    return found


PHRASES = {name: _of(name) for name in Phrases.model_fields}


def said(own: Phrases, name: str, values: Mapping[str, str] = _NONE) -> str:
    """Return a phrase as a letter prints it: the payer's own, else the default.

    The default stands too where the payer's own names something that the record does not hold.
    """
    written: str | None = getattr(own, name)
    if written and all(values.get(one) for one in names_in(written)):
        return _filled(written, values)
    default = PHRASES[name].default
    if not values.get("diagnosis"):
        default = default.replace(_WITHOUT_DIAGNOSIS, "")
    return _filled(default, values)


def _filled(text: str, values: Mapping[str, str]) -> str:
    """Return a text with its values, which are not read again: a brace in them stays a brace."""
    return re.sub(r"\{([a-z_]+)\}", lambda found: values[found[1]], text)
