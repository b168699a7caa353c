"""One payer: its names, where its requests go, and the forms and documents that it asks for."""

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from priorauth.case import Address, Benefit, Case, Kind
from priorauth.codes import Line, Phone, Record, Slug
from priorauth.dates import Day
from priorauth.phrases import Phrases


class Destination(Record):
    """Where requests of one benefit go."""

    benefit: Benefit | None = None
    urgent: bool | None = None
    department: Line | None = None
    address: Address | None = None
    fax: Phone | None = None
    phone: Phone | None = None
    source: Line
    read_on: Day


FormId = Annotated[
    str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,59}(/[a-z0-9][a-z0-9_-]{0,59})?$")
]


class Requests(Record):
    """Some requests, by what they ask for; an empty list means every one."""

    services: tuple[Slug, ...] = ()
    kinds: tuple[Kind, ...] = ()
    benefits: tuple[Benefit, ...] = ()

    def hold(self, case: Case) -> bool:
        """Return whether a case is one of them, as far as is known."""
        own = case.coverage.benefit
        return (
            (not self.services or case.request.service in self.services)
            and (not self.kinds or case.request.kind in self.kinds)
            and (not self.benefits or own is None or own in self.benefits)
        )


class UsedForm(Requests):
    """A form that the payer asks for, with the requests that it asks it for."""

    form: FormId = Field(description="`nofr001` of its own, or `texas-standard/nofr001`")


def _used_form(value: Any) -> Any:  # noqa: ANN401 - raw input of any form
    """Let a form be written by its name alone."""
    return {"form": value} if isinstance(value, str) else value


DocumentKind = Literal["fax_cover", "form", "letter", "exhibits"]


def _documents(kinds: tuple[DocumentKind, ...]) -> tuple[DocumentKind, ...]:
    """Return the documents of a packet: each once, the letter and its exhibits always."""
    if len(set(kinds)) < len(kinds) or not {"letter", "exhibits"} <= set(kinds):
        raise PydanticCustomError(
            "documents", "must hold `letter` and `exhibits`, and no document twice"
        )
    return kinds


class Payer(Record):
    """One payer: its names and where its requests go."""

    name: Line
    aliases: tuple[Line, ...] = ()
    addresses: tuple[Destination, ...] = ()
    documents: Annotated[tuple[DocumentKind, ...], AfterValidator(_documents)] = (
        "fax_cover",
        "form",
        "letter",
        "exhibits",
    )
    forms: tuple[Annotated[UsedForm, BeforeValidator(_used_form)], ...] = ()
    phrases: Phrases = Field(default_factory=Phrases)
    notes: tuple[Line, ...] = ()
