"""The notice beside records of a substance use disorder program, with the patient's consent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from priorauth.dates import shown
from priorauth.letter.contract import Notice, Row
from priorauth.letter.words import paragraphs
from priorauth.reference import notices

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.case import Case
    from priorauth.consent import Consent
    from priorauth.letter.cites import Citer
    from priorauth.letter.contract import Enclosure


def notice(case: Case, enclosures: Iterable[Enclosure], cite: Citer) -> Notice | None:
    """Return the notice that goes along; None without such records, or without the consent."""
    protected = {case.exhibit_letter(one.id) for one in case.exhibits if one.part_2}
    consent = case.consents.part_2
    if not protected or consent is None:
        return None
    prescribed = notices.notice("part_2")
    return Notice(
        records=tuple(one for one in enclosures if one.letter in protected),
        rule=prescribed.rule,
        statement=prescribed.paragraphs,
        consent=tuple(_consent(consent)),
        scope=paragraphs(consent.scope) if consent.scope else (),
        cites=cite(consent.evidence),
    )


def _consent(consent: Consent) -> Iterator[Row]:
    yield Row("Signed by", consent.by)
    yield Row("Signed on", shown(consent.on))
    if consent.expires:
        yield Row("Holds until", shown(consent.expires))
