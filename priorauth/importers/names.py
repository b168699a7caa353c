"""A drug as a record names it → an agent of the reference data, or a question; never a guess.

Only an exact name is taken: look-alike drug names differ by a letter or two, so that what a fuzzy
matcher finds is shown to a person and never written into a case.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from itertools import chain
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from priorauth.importers.records import System
from priorauth.reference import drugs, products

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.importers.records import Coding, Concept
    from priorauth.reference.drugs import Product

_LIKE = 84  # of 100: nearer than this a name may be a slip of the pen
_STRENGTH = re.compile(
    r"(?<![\w.])(\d[\d,]*(?:\.\d+)?|\.\d+)\s*-?\s*(mg|mcg|ug|µg|g|ml|meq|unt|units?|iu|%)"
    r"(?:\s*/\s*(\d+(?:\.\d+)?)?\s*(ml|hr|h|actuat|mg))?(?![\w])"
)
_IN_MG = {"mg": Decimal(1), "mcg": Decimal("0.001"), "ug": Decimal("0.001"), "µg": Decimal("0.001")}
_IN_MG["g"] = Decimal(1000)
_MOST_NEAR = 3
_MOST_KEPT = 4096  # names: a chart writes the same ones again and again
_BRAND = re.compile(r"\[([^\]]+)\]")
_PACKED = re.compile(r"#\s*\d+|\(.*?\)|\bx\s*\d+\b")
# Words of a dosage form that leave open what matters here; those that decide it stay.
_FORM_WORDS = re.compile(
    r"\b(?:oral|disintegrating|chewable|film[- ]coated|coated|effervescent|po|pills?|"
    r"nasal product|oral product)\b"
)
_PIECES = re.compile(r"\b(?:tablets?|tabs?|capsules?|caps?|solution|suspension|soln|odt)\b")
_HOURS = re.compile(r"\b(?:12|24)\s*-?\s*h(?:ou)?rs?\b")
# RxNorm names a release whenever it is not immediate.
_PLAIN_FORM = re.compile(r"(?<!release )\boral (?:tablet|capsule)\b")


@dataclass(frozen=True)
class Strength:
    """How much one unit of a product holds: mg a tablet, mg a ml, or mg in 24 hours of a patch."""

    mg: Decimal
    per: str  # "" for a tablet, `ml`


@dataclass(frozen=True)
class Named:
    """What a record means by a drug: certain, to be asked, or another drug altogether."""

    product: Product | None = None
    name: str = ""  # what a case file writes for just this product
    strength: Strength | None = None
    near: tuple[str, ...] = ()
    why: str = ""
    codes: tuple[str, ...] = ()  # what it is called by, where the record gives no name


def understand(concept: Concept) -> Named:
    """Return what a drug is, by its codes and its names, which must not contradict each other."""
    meant = tuple(dict.fromkeys(_of_codes(concept)))
    written = {coding.display: coding.system is System.RXNORM for coding in concept.codings}
    written.setdefault(concept.text, False)
    written.pop("", None)
    codes = () if written else tuple(_named_code(coding) for coding in concept.codings)
    return _understood(meant, tuple(written.items()), codes)


def _of_codes(concept: Concept) -> Iterator[str]:
    """Yield what the codes stand for: an ingredient, or a product of the cited table."""
    for code in concept.codes(System.RXNORM):
        yield from (f"RxNorm {code}",) if code in _ingredients() else ()
        yield products.name_of(code) or ""
    for code in concept.codes(System.NDC):
        yield products.name_of_package(code) or ""


def _named_code(coding: Coding) -> str:
    """Return a code with its system: a person who looks it up needs both."""
    return coding.code if coding.system is System.OTHER else f"{coding.system} {coding.code}"


@lru_cache(_MOST_KEPT)
def _understood(
    meant: tuple[str, ...], written: tuple[tuple[str, bool], ...], codes: tuple[str, ...]
) -> Named:
    coded = [_meant(one) for one in meant if one]
    named = [_exact(name, rxnorm=rxnorm) for name, rxnorm in written]
    found = [*coded, *named]
    agents = {one.product.drug.agent for one in found if one.product}
    likely = _likely([name for name, _ in written])
    if len(agents) > 1:
        why = "the record's code and its name are two different drugs"
        return Named(near=tuple(sorted(agents)), why=why)
    if agents and written and not any(one.product for one in named):
        near = {known.drug.agent for name in likely.near if (known := drugs.find(name))}
        if not agents & near:
            why = "the record's code is that of this drug, and its name seems to be another's"
            return Named(near=tuple(agents), why=why)
    if agents:
        return _closest(found)
    if codes:
        return Named(why="the record gives a code without a name", codes=codes)
    return likely


def _meant(name: str) -> Named:
    code = name.removeprefix("RxNorm ")
    return _exact(name, rxnorm=True) if code == name else _named(_ingredients()[code], None)


def _closest(found: list[Named]) -> Named:
    """Return the one that leaves the fewest forms open, with a strength if any has one."""
    sure = [one for one in found if one.product]
    best = min(sure, key=lambda one: len(one.product.forms) if one.product else 0)
    strength = next((one.strength for one in sure if one.strength), None)
    return Named(best.product, best.name, strength)


@lru_cache(_MOST_KEPT)
def _exact(name: str, *, rxnorm: bool) -> Named:
    """Return the drug that a name says in its own words, without strength, form and brand."""
    bare = _bare(name)
    product = _find(bare)
    if product and rxnorm and not product.form and _PLAIN_FORM.search(name.casefold()):
        product = drugs.find(f"{bare} ir") or product
    if product is None:
        return Named()
    brand = _BRAND.search(name)
    branded = drugs.find(brand[1]) if brand else None
    if branded and branded.drug.agent != product.drug.agent:
        return Named()
    return _named(product, _strength(name, product))


def _find(bare: str) -> Product | None:
    return drugs.find(bare) or drugs.find(_HOURS.sub(" ", bare))


def _bare(name: str) -> str:
    """Return the words of a name that say which drug it is."""
    text = _PACKED.sub(" ", _BRAND.sub(" ", name.casefold()))
    text = _STRENGTH.sub(" ", text)
    return " ".join(_FORM_WORDS.sub(" ", text).replace(" / ", " ").split())


def _strength(name: str, product: Product) -> Strength | None:
    """Return the strength of the ingredient that doses are counted in; None where it is unsure."""
    text = _BRAND.sub(" ", name.casefold())
    found = list(_STRENGTH.finditer(text))
    if len(found) > 1:
        counted = product.forms[0].counted_in.casefold().split()
        before = [text[: one.start()].rstrip().rsplit("/", 1)[-1] for one in found]
        found = [
            one for one, words in zip(found, before, strict=True) if counted and counted[0] in words
        ]
    if len(found) != 1 or found[0][2] not in _IN_MG:
        return None
    number, unit, per_number, per = found[0].groups()
    mg = Decimal(number.replace(",", "")) * _IN_MG[unit] / Decimal(per_number or 1)
    if per in ("hr", "h"):
        return Strength(mg * 24, "")
    return Strength(mg, per or "") if per in (None, "ml") else None


def _named(product: Product, strength: Strength | None) -> Named:
    """Return the product with the name that stands for just its forms."""
    names = (product.drug.agent, *chain.from_iterable(form.names for form in product.forms))
    fitting = (one for one in names if (known := drugs.find(one)) and known.forms == product.forms)
    return Named(product, next(fitting, product.drug.agent), strength)


def _likely(names: Iterable[str]) -> Named:
    """Return the known names that a name may be a slip for; none when it is another drug."""
    written = {" ".join(_PIECES.sub(" ", _bare(name)).split()) for name in names} - {""}
    near: dict[str, float] = {}
    for bare in sorted(written):
        near |= _near(bare)
    if near:
        best = sorted(near, key=lambda name: (-near[name], name))[:_MOST_NEAR]
        return Named(near=tuple(best), why="the name is not exactly one that is known here")
    return Named()


@lru_cache(_MOST_KEPT)
def _near(bare: str) -> dict[str, float]:
    """Return the known names that look like these words, or stand among them, and how likely."""
    words = set(re.findall(r"[a-z]+", bare))
    found = process.extract(
        bare, _known_names(), scorer=fuzz.ratio, score_cutoff=_LIKE, limit=_MOST_NEAR
    )
    return {match: score for match, score, _ in found} | {
        name: 100.0 for name in _known_names() if name in words
    }


@cache
def _known_names() -> tuple[str, ...]:
    every = (
        (drug.agent, *(name for form in drug.forms for name in (*form.names, *form.brands)))
        for drug in drugs.drugs()
    )
    return tuple(dict.fromkeys(name.casefold() for name in chain.from_iterable(every)))


@cache
def _ingredients() -> dict[str, Product]:
    """Return the products by the RxNorm code of their ingredient, or of their form's own salt."""
    found = {drug.rxnorm: drugs.Product(drug, drug.forms) for drug in drugs.drugs() if drug.rxnorm}
    for drug in drugs.drugs():
        for form in drug.forms:
            if form.rxnorm:
                found[form.rxnorm] = drugs.Product(drug, (form,))
    return found
