"""What an ICD-10-CM code says of psychosis: that there is one, that there is none, or neither.

Not for deciding which is right where a code and a person disagree: `criteria` asks.
"""

from __future__ import annotations

import re

from priorauth.reference import icd10cm

# Mood episodes whose two codes differ by psychotic features alone, by the titles of the code set.
_TWINS = (
    ("F30.13", "F30.2"),
    ("F31.13", "F31.2"),
    ("F31.4", "F31.5"),
    ("F31.63", "F31.64"),
    ("F32.2", "F32.3"),
    ("F33.2", "F33.3"),
)
# A depression with psychotic features has one code whatever its severity (DSM-5-TR, recording
# procedures of major depressive disorder): so mild and moderate codes say that there are none.
_NONE = {"F32.0": "F32.3", "F32.1": "F32.3", "F33.0": "F33.3", "F33.1": "F33.3"}
# Codes that say nothing of them, with the code of the same illness that does.
_SILENT = {
    "F32.89": "F32.3",
    "F32.9": "F32.3",
    "F32.A": "F32.3",
    "F33.8": "F33.3",
    "F33.9": "F33.3",
}
_WITHOUT = dict(_TWINS) | _NONE
_WITH = {with_: without for without, with_ in _TWINS}
_DISORDERS = re.compile(r"F2(?:[02-5]|[89])|F53\.1")  # of chapter 5, apart from F21
_IN_TITLE = re.compile(r"\bpsychotic disorder\b", re.IGNORECASE)
# How the attestations of a library are named in which a yes denies a psychosis.
_DENIAL = re.compile(r"no_(?:[a-z0-9]+_)*psycho(?:sis|tic)(?:_[a-z0-9]+)*")


def features(code: str) -> bool | None:
    """Return whether a mood episode's code says that it has psychotic features; None if neither."""
    if code in _WITH:
        return True
    return False if code in _WITHOUT else None


def says(code: str) -> bool:
    """Return whether the code names a psychosis, of a mood episode or by itself."""
    found = icd10cm.find(code)
    named = bool(found and _IN_TITLE.search(found.title))
    return code in _WITH or bool(_DISORDERS.match(code)) or named


def corrected(code: str, *, present: bool) -> str:
    """Return the code that says of psychotic features what is said of them otherwise.

    It is the code itself where it says so already, or where no other one is known.
    """
    return (_WITHOUT | _SILENT if present else _WITH).get(code, code)


def denied_by(attestation: str) -> bool:
    """Return whether a yes to the attestation of this name denies a psychosis."""
    return bool(_DENIAL.fullmatch(attestation))
