"""Antidepressants and the drugs that augment them: what a written name is, and its labelled doses.

Not for judging a trial: `trials` compares what was taken with what stands here.
"""

import re
from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from itertools import chain
from typing import Literal, NamedTuple

from priorauth.problems import nearest
from priorauth.reference import Mark, read_table

Range = tuple[Decimal, Decimal]
Words = frozenset[str]


class DoseUnit(StrEnum):
    """What the doses of a form are counted in."""

    MG_A_DAY = "mg/day"
    MG_A_WEEK = "mg/week"
    MG_IN_24_HOURS = "mg/24 h"
    MCG_A_DAY = "mcg/day"
    MG_A_SESSION = "mg/session"


class Indication(StrEnum):
    """Whether the US label names depression: alone, as an addition to an antidepressant, or not."""

    DEPRESSION = "depression"
    ADJUNCT = "adjunct"
    OTHER = "other"


class Purpose(StrEnum):
    """What a form is taken for."""

    DEPRESSION = "depression"
    SLEEP = "sleep"
    SMOKING = "smoking"


class Role(StrEnum):
    """What a drug is in the treatment of depression."""

    ANTIDEPRESSANT = "antidepressant"
    AUGMENTATION = "augmentation"
    OTHER = "other"


class Form(NamedTuple):
    """A form of a drug that has a dose range of its own."""

    name: str  # the dosage form, for a sentence: "extended release"
    names: tuple[str, ...]  # as charts and claims write it, brands apart
    indication: Indication
    labelled_for: str  # the condition, in the label's own term
    source: str
    mark: Mark  # of the doses and the indication
    brands: tuple[str, ...] = ()
    least: Decimal | None = None  # least effective labelled dose; None where the label names none
    greatest: Decimal | None = None  # greatest labelled dose, hospital included
    greatest_outpatient: Decimal | None = None  # where the label sets a lower one outside hospital
    sleep_dose_to: Decimal | None = None  # doses up to this are usual for sleep, not for depression
    unit: DoseUnit = DoseUnit.MG_A_DAY
    counted_in: str = ""  # the ingredient or salt that the dose is counted in, where it is a trap
    purpose: Purpose = Purpose.DEPRESSION
    rxnorm: str | None = None  # where RxNorm knows the form's salt apart from the ingredient
    note: str = ""  # for staff


class Drug(NamedTuple):
    """An active ingredient, or a fixed combination, with its forms."""

    agent: str
    drug_class: str
    role: Role
    forms: tuple[Form, ...]
    rxnorm: str | None = None
    rxnorm_mark: Mark = Mark.V
    ingredients: tuple[str, ...] = ()  # of a combination only
    salts: tuple[str, ...] = ()  # words that may stand beside the name and change nothing

    @property
    def counts_as_antidepressant(self) -> Literal["yes", "off_label", "no"]:
        """Return `yes`, `no`, or `off_label` for one whose US label is for another illness."""
        if self.role is not Role.ANTIDEPRESSANT:
            return "no"
        labelled = any(form.indication is Indication.DEPRESSION for form in self.forms)
        return "yes" if labelled else "off_label"

    @property
    def class_parts(self) -> tuple[str, ...]:
        """Return the classes that a mixed class is made of: `SGA` and `SSRI` of `SGA+SSRI`."""
        return tuple(re.split(r"[/+]", self.drug_class))


class Product(NamedTuple):
    """What a written name can mean: one drug, and the forms that the name leaves open."""

    drug: Drug
    forms: tuple[Form, ...]

    @property
    def form(self) -> Form | None:
        """Return the form, or None when the name leaves more than one open."""
        return self.forms[0] if len(self.forms) == 1 else None

    @property
    def least_range(self) -> Range | None:
        """Return the smallest and the greatest of the least doses that are labelled."""
        return _range(form.least for form in self.forms)

    @property
    def greatest_range(self) -> Range | None:
        """Return the smallest and the greatest of the greatest doses that are labelled.

        The label's ceiling can be lower outside hospital, and charts seldom say where it was.
        """
        ceilings = ((form.greatest, form.greatest_outpatient) for form in self.forms)
        return _range(chain.from_iterable(ceilings))

    @property
    def counted(self) -> str:
        """Return what its doses are in words: `mg/day`, of a combination `mg/day of olanzapine`.

        Its other ingredient has another dose.
        """
        part = self.forms[0].counted_in if self.drug.ingredients else ""
        return f"{self.unit} of {part}" if part else str(self.unit)

    @property
    def least_is_sure(self) -> bool:
        """Return whether every possible form has the same least dose, and has one."""
        return len({form.least for form in self.forms}) == 1 and self.forms[0].least is not None

    @property
    def unit(self) -> DoseUnit:
        """Return what the doses are counted in; the forms behind one name share it."""
        return self.forms[0].unit


@lru_cache(maxsize=1024)  # weighing asks for the same few names many hundred times
def find(name: str) -> Product | None:
    """Return what the written name means, or None when it is not exactly a known name."""
    words = _words(name)
    for known in (words, words - _table().unspoken):
        found = _index().get(known) or _without_salts(known)
        if found:
            return found
    return None


def nearest_names(name: str) -> tuple[str, ...]:
    """Return up to three known names that look like `name`, the likest first."""
    names = chain.from_iterable((drug.agent, *_names(drug)) for drug in drugs())
    return nearest(" ".join(name.split()), names)


def drugs() -> tuple[Drug, ...]:
    """Return every known drug, in the order of the table."""
    return _table().drugs


class _Table(NamedTuple):
    unspoken: Words  # dosage words that change nothing unless a name holds them
    same: dict[str, str]  # how a word of a name is also written
    drugs: tuple[Drug, ...]


@cache
def _table() -> _Table:
    return read_table("drugs.yaml", _Table)


@cache
def _index() -> dict[Words, Product]:
    return dict(chain.from_iterable(_products(drug) for drug in drugs()))


@cache
def _salts() -> Words:
    return frozenset(chain.from_iterable(drug.salts for drug in drugs()))


def _products(drug: Drug) -> list[tuple[Words, Product]]:
    meant: dict[Words, list[Form]] = {}
    for form in drug.forms:
        for key in {_words(name) for name in (*form.names, *form.brands)}:
            meant.setdefault(key, []).append(form)
    return [(key, Product(drug, tuple(forms))) for key, forms in meant.items()]


def _without_salts(words: Words) -> Product | None:
    """Return what is meant without the salts, which must all be salts of that very drug."""
    salts = words & _salts()
    found = _index().get(words - salts)
    return found if found and salts <= frozenset(found.drug.salts) else None


def _names(drug: Drug) -> list[str]:
    return [name for form in drug.forms for name in (*form.brands, *form.names)]


def _words(name: str) -> Words:
    """Return the words of the name, each written one way; their order does not matter."""
    same = _table().same
    text = name.casefold()
    if text.isascii() and text.isalpha():  # as most names are, and quickly done
        return frozenset((same.get(text, text),))
    text = re.sub(r"[-\s]release\b", "release", text)
    text = re.sub(r"\b(\d+)[-\s]*(?:hours?|hrs?|h)\b", r"\1h", text)
    return frozenset(same.get(word, word) for word in re.findall(r"[a-z0-9.]+", text))


def _range(doses: Iterable[Decimal | None]) -> Range | None:
    known = [dose for dose in doses if dose is not None]
    return (min(known), max(known)) if known else None
