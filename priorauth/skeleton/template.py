"""A payer's own template to fill in: it changes nothing yet, each block stands as a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_TEMPLATE = """\
{#- What differs in the DOCUMENT of PAYER; all else is everyone's.
    To change a block, remove the first two signs of its line and the last two.
    `super()` is what the block holds by default; without it the block is replaced.
    Look at it: priorauth preview PAYER DOCUMENT     What it may use: priorauth vars -#}
{% extends "DOCUMENT.html" %}
{% import "parts/blocks.html" as blocks %}
{% import "parts/tables.html" as tables %}

"""
_BLOCK = "{# {% block NAME %}{{ super() }}{% endblock %} #}"


def template_file(payer_id: str, document: str, blocks: Iterable[str]) -> str:
    """Return the text of a payer's own template that extends everyone's."""
    head = _TEMPLATE.replace("DOCUMENT", document).replace("PAYER", payer_id)
    return head + "".join(f"{_BLOCK.replace('NAME', name)}\n" for name in blocks)
