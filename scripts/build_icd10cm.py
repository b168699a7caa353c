"""Build priorauth/reference/icd10cm.zip, the index of ICD-10-CM that the program reads.

Usage: python scripts/build_icd10cm.py [FILE]. Needs simple-icd-10-cm, which is a development
dependency only. When its data is of a newer release, change EDITION and LAST_DAY in
priorauth/reference/icd10cm.py with it; the build refuses to go on until they agree.
"""

from __future__ import annotations

import sys
from importlib import resources
from itertools import groupby
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import simple_icd_10_cm as source

from priorauth.reference import icd10cm

INDEX = Path(icd10cm.__file__).with_name("icd10cm.zip")
RELEASES = {"icd10c-tabular-April-1-2026.xml": "ICD-10-CM 2026, update of 2026-04-01"}


def main() -> None:
    """Write the index to the path given, or over the one in the package."""
    target = Path(sys.argv[1]) if sys.argv[1:] else INDEX
    write(target)
    print(f"{target}: {edition()}, {target.stat().st_size:,} bytes")


def write(target: Path) -> None:
    """Write one member for the codes that begin alike: a line a code, `code, billable, title`."""
    if edition() != icd10cm.EDITION:
        sys.exit(f"The data is {edition()}: write that in priorauth/reference/icd10cm.py first.")
    with ZipFile(target, "w") as archive:
        archive.comment = edition().encode()
        for name, members in groupby(codes(), key=lambda code: code[: icd10cm.SHARED]):
            # A fixed date keeps the bytes the same from one build to the next.
            member = ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
            text = "".join(map(line, members))
            archive.writestr(member, text, compress_type=ZIP_DEFLATED, compresslevel=9)


def codes() -> list[str]:
    """Return every category and the codes under it, in tabular order."""
    listed = dict.fromkeys(source.get_all_codes())  # a block of one category is listed twice
    return [code for code in listed if source.is_category_or_subcategory(code)]


def line(code: str) -> str:
    """Return the line of a code."""
    billable = "1" if source.is_leaf(code) else "0"
    title = " ".join(source.get_description(code).split())  # some hold tabs or double spaces
    return f"{code.replace('.', '')}\t{billable}\t{title}\n"


def edition() -> str:
    """Return the release that the installed data is of."""
    names = [file.name for file in resources.files("simple_icd_10_cm.data").iterdir()]
    return next((RELEASES[name] for name in names if name in RELEASES), "of an unknown release")


if __name__ == "__main__":
    main()
