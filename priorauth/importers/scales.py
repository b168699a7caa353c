"""Which rating scale an observation belongs to, and whether it is a total, an item or the panel."""

from __future__ import annotations

import re
from enum import StrEnum
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from priorauth.importers.records import Concept, System
from priorauth.reference import scales

if TYPE_CHECKING:
    from priorauth.reference.scales import Scale

_SPOKEN = re.compile(r"\b(?:total|sum|raw|score|scoring|result|questionnaire score)\b|[:=]")


class Part(StrEnum):
    """What an observation is of its scale."""

    TOTAL = "total"
    ITEM = "item"
    PANEL = "panel"


@lru_cache(4096)
def of(concept: Concept) -> tuple[Scale, Part, str] | None:
    """Return the scale, the part of it, and the code; None for anything else.

    A code decides; a name does only where there is no LOINC code.
    """
    codes = concept.codes(System.LOINC)
    for code in codes:
        if code in _coded():
            scale, part = _coded()[code]
            return scale, part, code
    if codes:
        return None
    for name in (concept.text, *(coding.display for coding in concept.codings)):
        scale_named = scales.find(_SPOKEN.sub(" ", name.casefold()).strip())
        if scale_named and scale_named.has_total:
            return scale_named, Part.TOTAL, ""
    return None


@cache
def _coded() -> dict[str, tuple[Scale, Part]]:
    found: dict[str, tuple[Scale, Part]] = {}
    for scale in scales.scales():
        if scale.loinc_total and scale.has_total:
            found[scale.loinc_total.code] = scale, Part.TOTAL
        if scale.loinc_panel and scale.has_total:
            found[scale.loinc_panel.code] = scale, Part.PANEL
        for code in scale.loinc_items.codes if scale.loinc_items else ():
            found[code] = scale, Part.ITEM
    return found
