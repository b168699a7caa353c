"""A form filled from a case: what stands in its boxes, in two viewers and as text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from conftest import words_on_pages
from form_samples import BOXES, CHECKS, Look, dark, form_of

from priorauth import forms
from priorauth.letter import compose

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from priorauth.criteria import Verdict
    from priorauth.pdf import Printer


class Filled(Look):
    """A filled form with what was said of it."""

    def __init__(self, path: Path, done: forms.Filled) -> None:
        """Keep both."""
        super().__init__(path)
        self.done = done


@pytest.fixture
def fill(
    tmp_path: Path, verdict_of: Callable[[Any], Verdict], printer: Printer
) -> Callable[..., Filled]:
    """Return a function that fills the sample form, or another, from a case's values."""

    def fill_(
        found: Any = "esketamine",  # noqa: ANN401 - a case file's values, or a name
        form: forms.Form | None = None,
        *,
        keep_fields: bool = False,
    ) -> Filled:
        used = form or form_of(tmp_path)
        done = forms.fill(
            used, compose(verdict_of(found)), printer=printer, keep_fields=keep_fields
        )
        path = tmp_path / "filled.pdf"
        path.write_bytes(done.pdf)
        return Filled(path, done)

    return fill_


def within(look: Look, name: str, page: int = 1) -> str:
    """Return the words that stand inside a box of the sample form."""
    left, top, width, height = BOXES[name]
    words = words_on_pages(look.path)[page - 1]
    inside = [
        word.text
        for word in words
        if left - 1 <= word.left
        and word.right <= left + width + 1
        and top - 3 <= word.top
        and word.bottom <= top + height + 3
    ]
    return " ".join(inside)


def test_each_answer_stands_in_its_box(fill: Callable[..., Filled]) -> None:
    """Text can be read back from the flattened page at the place of its field."""
    look = fill()
    assert within(look, "patient") == "Dana Whitfield"
    assert within(look, "born") == "03/09/1984"
    assert within(look, "member") == "U1234567801"
    assert within(look, "phone") == "9135550187"
    assert within(look, "code1") == "J0013"
    assert within(look, "units1") == "84 units per session"
    assert within(look, "plan").startswith("56 mg intranasally at the first session")


def test_a_box_is_marked_only_for_the_value_that_is_known(fill: Callable[..., Filled]) -> None:
    """Both viewers draw a cross into the boxes whose value the case has, and into no other."""
    for picture in fill().pictures():
        marked = {
            name
            for name, (left, top) in CHECKS.items()
            if dark(picture, (left + 3, top + 3, 7, 7)) > 9
        }
        assert marked == {"female", "rems"}
