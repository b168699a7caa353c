"""Build the tables of priorauth/reference as JSON beside their YAML: they read ten times faster.

Usage: python scripts/build_tables.py. The YAML, with its citations, stays the one that people
write; a JSON that was not built from it as it stands is passed over, and a test tells of it.
"""

from __future__ import annotations

import json

from priorauth import datafile
from priorauth.reference import FOLDER, of_table, quick_form


def main() -> None:
    """Write the quick form of every table."""
    for path in sorted(FOLDER.glob("*.yaml")):
        raw = path.read_bytes()
        held = {"of": of_table(raw), "holds": datafile.parse(raw, path.name).value}
        text = json.dumps(held, ensure_ascii=False, separators=(",", ":"))
        quick_form(path).write_text(f"{text}\n", encoding="utf-8")
        print(f"{quick_form(path)}: {len(text):,} characters")


if __name__ == "__main__":
    main()
