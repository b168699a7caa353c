"""A file is read strictly: text stays text, a key stands once, and every fault knows its line."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from priorauth import datafile
from priorauth.datafile import NULL, Datafile
from priorauth.problems import Place

LEFT_OUT = "Write it, or remove the line: what is not known is left out."
YAML_FORM = (
    "the file is not readable as YAML here. Check this line and the one before: write `key: value`,"
    ' indent with spaces, and put text that holds `: `, `#` or a quotation mark inside "double'
    ' quotes".'
)
JSON_FORM = (
    "the file is not readable as JSON here. Check commas, quotation marks and brackets on this line"
    " and on the one before."
)
NO_MARKS = (
    "anchors and aliases (`&` and `*`) are not used here. Write the text out, or put it inside"
    " quotation marks."
)
NO_TAGS = "tags (`!`) are not used here. Put the text in quotation marks."
NULL_FIX = "Write it, or remove the line. A name that is spelled so goes in quotation marks."
NO_KEY = (
    "a key here is not a plain word. Write `key: value`; put text with brackets inside quotation"
    " marks."
)
NO_TEXT = (
    "the file holds a character that text cannot have. Open it in a plain text editor and save it"
    " as UTF-8 text."
)
NO_DOCUMENT = (
    "this is a document or a picture, not plain text. Name the case file, which ends in .yaml or"
    " .json, or save this one as plain text."
)
NO_SECOND = "a second document begins here. Keep one document in a file: remove the line `---`."
NO_UTF8 = 'the file is not UTF-8 text. Save it again with the encoding "UTF-8".'
EMPTY = "the file is empty. Start from `priorauth new` or `priorauth sample`."
TOO_DEEP = "the values are nested too deeply. Compare the file with a sample."
TOO_MANY = (
    "the file holds more than 20,000 values. A case or payer file holds a few hundred: check that"
    " this is the right file."
)
TOO_LARGE = (
    "the file is larger than 2 MB. A case or payer file is a few pages of text: check that this is"
    " the right file."
)


def value_of(raw: bytes | str) -> Any:  # noqa: ANN401 - what a file holds
    """Return what a file holds; nothing may be wrong with it."""
    found = datafile.parse(raw, "f")
    assert found.problems == ()
    return found.value


def said(found: Datafile) -> list[str]:
    """Return what is wrong with a file's form, as staff read it."""
    return [str(problem) for problem in found.problems]


SLIPS = [
    ("a: 1\nlist:\n  -b: 1\n  - c: 2\n", 3, "Write a blank after the dash: `- key: value`."),
    ("a:\n  b: 1\n  c:2\n  d: 3\n", 3, "Write a blank after the colon: `key: value`."),
    ("a:\n  b: 1\n  c 2\n  d: 3\n", 3, "Write a colon and a blank after the key: `key: value`."),
    ("a: one: two\n", 1, 'Put the text that holds `: ` inside "double quotes".'),
    ("a: @one\n", 1, 'Put the text inside "double quotes", for the sign it begins with.'),
    ('a: "one" two\nb: 1\n', 1, 'Put the whole text inside "double quotes".'),
    ('a: "one\nb: 1\nc: 2\n', 1, "Close the quotation mark that is opened on this line."),
    (
        "a: 1\nb: [1, 2\nc: 3\n",
        2,
        "Close the bracket `[` that is opened here, with a comma between two entries.",
    ),
    (
        "a: {b: 1\nc: 3\n",
        1,
        "Close the bracket `{` that is opened here, with a comma between two entries.",
    ),
    ("a:\n    b: 1\n  c: 2\n", 3, "Indent this line just as far as the lines of the same list or"),
    ("a:\n  - b: 1\n     c: 2\n", 3, "Indent this line just as far as the lines of the same list"),
    ("- b: 1\n c: 2\n", 2, "Indent this line just as far as the lines of the same list or group"),
]


@pytest.mark.parametrize(("text", "line", "fix"), SLIPS)
def test_a_slip_in_the_punctuation_is_told_where_it_was_made(
    text: str, line: int, fix: str
) -> None:
    """Not only that the file cannot be read: which line, and what to write there."""
    (told,) = said(datafile.parse(text, "f"))
    assert told.startswith(f"f:{line}: error: the file is not readable as YAML here. {fix}")


@pytest.mark.parametrize(
    ("text", "lost"),
    [
        ("a: Criterion #2 of the policy\n", True),
        ("a: [one #two\n  , three]\n", True),
        ("a: {b: one #two\n  }\n", True),
        ("a: 18 # whole years\n", False),
        ("a: 18   #\n", False),
        ('a: "Criterion #2"\n', False),
        ("a: 'Criterion #2'\n", False),
        ("a: number#2\n", False),
        ("a: 1\n  #b: 2\n", False),
        ("a: |\n  Criterion #2\n", False),
        ("a: 1\r\nb: two #3\r\n", True),
    ],
)
def test_text_is_not_lost_behind_a_number_sign(text: str, *, lost: bool) -> None:
    """A comment begins with `# `; words that YAML would drop without a word are told."""
    found = said(datafile.parse(text, "f"))
    assert bool(found) is lost
    assert all("what stands after the `#` is a comment here, and is not read" in t for t in found)


# --- what is read ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "00100",
        "NO",
        "no",
        "on",
        "true",
        "1e3",
        "1_000",
        "0x1F",
        "0o17",
        "12:30:45",
        "2025-02-17",
        ".inf",
        ".NaN",
        "1.10",
        "=",
        "<<",
    ],
)
def test_text_stays_text(text: str) -> None:
    """A code keeps its zeros, Norway its name, a number its digits: nothing is converted."""
    assert value_of(f'key: "{text}"') == {"key": text}
    assert value_of(f"key: {text}") == {"key": text}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("key: value", {"key": "value"}),
        ("key: value\r\nlist:\r\n  - a\r\n", {"key": "value", "list": ["a"]}),
        ("key: value\rlist:\r  - a\r", {"key": "value", "list": ["a"]}),
        (b"\xef\xbb\xbfkey: value", {"key": "value"}),
        ("\ufeffkey: value", {"key": "value"}),
        ("key:\tvalue", {"key": "value"}),
        ("key: # nothing but a comment\n  a: b", {"key": {"a": "b"}}),
        ("---\nkey: value\n...\n", {"key": "value"}),
        ("{}", {}),
        ("- a\n- [b, {c: d}]", ["a", ["b", {"c": "d"}]]),
        ("just words", "just words"),
        ("key: |\n  one\n  two\n", {"key": "one\ntwo\n"}),
        ("key: >-\n  one\n  two\n", {"key": "one two"}),
        ("name: Zoë 山田 𠮷", {"name": "Zoë 山田 𠮷"}),
        ("1: one\nnull: none\ntrue: yes", {"1": "one", "null": "none", "true": "yes"}),
    ],
)
def test_yaml_is_read(raw: bytes | str, expected: object) -> None:
    """Line ends of any system, a byte order mark, comments and long texts are all welcome."""
    assert expected == value_of(raw)


def test_no_break_spaces_are_spaces() -> None:
    """A word processor's spaces look like spaces, so they are read as such, in front too."""
    assert value_of("a:\n\u00a0\u00a0b:\u00a0c\u00a0d\n") == {"a": {"b": "c d"}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"key": "value"}', {"key": "value"}),
        ('{"key":"value","list":[1,-2.50,true,false]}', None),
        ('{\n\t"key":\t"value"\n}', {"key": "value"}),
        (r'{"key": "a\tb\nc\"d\\e\/f\u00e9"}', {"key": 'a\tb\nc"d\\e/fé'}),
        (r'{"key": "\ud842\udfb7 \uD83D\uDE00\ud83d\ude00"}', {"key": "𠮷 😀😀"}),
        (r'{"key": "\\ud842\\udfb7"}', {"key": r"\ud842\udfb7"}),
        (r'{"key": "\\\ud842\udfb7"}', {"key": "\\𠮷"}),
        (' [{"a": "b"}]', [{"a": "b"}]),
    ],
)
def test_json_is_read(raw: str, expected: object) -> None:
    """JSON may be indented with tabs, and its escapes are those of JSON."""
    numbers = {"key": "value", "list": ["1", "-2.50", "true", "false"]}
    assert (expected or numbers) == value_of(raw)


def test_lines_are_known() -> None:
    """Each value knows its line, and what is missing the line of what is around it."""
    found = datafile.parse("a:\n  - b: 1\n    c: 2\n\n  - {d: 3,\n     e: 4}\n", "f")
    places: dict[datafile.Trail, int] = {
        ("a",): 1,
        ("a", 0): 2,
        ("a", 0, "c"): 3,
        ("a", 1): 5,
        ("a", 1, "e"): 6,
        ("a", 1, "missing"): 5,
        ("missing", 0, "too"): 1,
        (): 1,
    }
    assert places == {trail: found.line(trail) for trail in places}
    assert found.place(("a", 1, "e")) == Place("f", 6, "a.1.e")


def test_without_a_value_there_is_no_line() -> None:
    """Of values that were not read from a text no line is known."""
    assert Datafile("f").line(("a",)) == 0
    assert Datafile("f", {"a": "b"}).line(("a",)) == 1


def test_only_known_words_are_shown() -> None:
    """Where the words of a file are given, another key is shown as a star."""
    found = Datafile("f", words=frozenset({"patient", "name"}))
    assert found.shown(("patient", "Whitfield", 3, "name")) == "patient.*.3.name"
    assert Datafile("f").shown(("patient", "Whitfield", 3)) == "patient.Whitfield.3"


def test_a_file_as_read_keeps_its_values_to_itself() -> None:
    """Its text form names the file and what is wrong, and no value or key."""
    found = datafile.parse("sentinel: {sentinel: sentinel, sentinel: }", "f")
    assert len(found.faults) == 2
    assert "sentinel" not in repr(found)


# --- what is wrong --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("", [f"f: error: {EMPTY}"]),
        (" \n\t\n", [f"f: error: {EMPTY}"]),
        ("# nothing but a comment\n", [f"f: error: {EMPTY}"]),
        (b"\xef\xbb\xbf", [f"f: error: {EMPTY}"]),
        ("---\n", [f"f:2: error: there is no value. {LEFT_OUT}"]),
        ("~", [f"f:1: error: there is no value. {LEFT_OUT}"]),
        ("a: 1\nb: Zoë".encode("latin-1"), [f"f:2: error: {NO_UTF8}"]),
        ("a: 1".encode("utf-16"), [f"f:1: error: {NO_UTF8}"]),
        ("a: 1\nb: 2".encode("utf-16-le"), [f"f:1: error: {NO_TEXT}"]),
        ("a: \ud800", [f"f:1: error: {NO_UTF8}"]),
        ("a: 1\nb: 2\x07", [f"f:2: error: {NO_TEXT}"]),
        (b"%PDF-1.7\n1 0 obj << /Type /Catalog >>\n", [f"f: error: {NO_DOCUMENT}"]),
        (b"PK\x03\x04\x14\0", [f"f: error: {NO_DOCUMENT}"]),
        (r"{\rtf1\ansi a: b}", [f"f: error: {NO_DOCUMENT}"]),
        ("a: ]", [f"f:1: error: {YAML_FORM}"]),
        ("a:\n\tb: 1", ["f:2: error: a tab indents this line. Indent with spaces."]),
        ("a:\n  b: 1\n \tc: 2", ["f:3: error: a tab indents this line. Indent with spaces."]),
        ('{"a": 1,\n"b": 2}}', [f"f:2: error: {JSON_FORM}"]),
        (r'{"a": "\ud842"}', [f"f:1: error: {JSON_FORM}"]),
        ('{"a": 1', [f"f:1: error: {JSON_FORM}"]),
        ("a: 1\n---\nb: 2", [f"f:2: error: {NO_SECOND}"]),
        ("a: &x 1", [f"f:1: error: {NO_MARKS}"]),
        ("a: 1\nb: *a", [f"f:2: error: {NO_MARKS}"]),
        ("&x a: 1", [f"f:1: error: {NO_MARKS}"]),
        ("*x : 1", [f"f:1: error: {NO_MARKS}"]),
        ("a: 1\n<<: *a", [f"f:2: error: {NO_MARKS}"]),
        ("a: !!python/object:os.system 1", [f"f:1: error: {NO_TAGS}"]),
        ("a: !!str 1", [f"f:1: error: {NO_TAGS}"]),
        ("!x a: 1", [f"f:1: error: {NO_TAGS}"]),
        ("a: ! 1", [f"f:1: error: {NO_TAGS}"]),
        ("[a, b]: 1", [f"f:1: error: {NO_KEY}"]),
        ("a: 1\n{a: b}: 1", [f"f:2: error: {NO_KEY}"]),
        ("? - a\n: 1", [f"f:1: error: {NO_KEY}"]),
    ],
)
def test_a_form_that_cannot_be_read_is_said(raw: bytes | str, expected: list[str]) -> None:
    """With its line, in words for staff, and without a word of the file."""
    assert expected == said(datafile.parse(raw, "f"))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a: 1\nb: 2\na: 3", [(3, "a", 1)]),
        ("a: {b: 1, b: 2}", [(1, "a.b", 1)]),
        ("- a: 1\n  a: {b: 1}\n  a: [2]", [(2, "0.a", 1), (3, "0.a", 1)]),
        ("a:\n  - b: 1\n    'b': 2", [(3, "a.0.b", 2)]),
        ('{"a": 1,\n"a": 2}', [(2, "a", 1)]),
    ],
)
def test_a_key_stands_once(raw: str, expected: list[tuple[int, str, int]]) -> None:
    """Neither of two equal keys wins in silence."""
    assert said(datafile.parse(raw, "f")) == [
        f"f:{line}: error: {field}: this key stands twice (first on line {first})."
        f" Keep one of the two{', or begin a new entry with `- `' if '0' in field else ''}."
        for line, field, first in expected
    ]


def test_a_second_key_leaves_value_and_line_of_the_first() -> None:
    """The first of two equal keys is read on as if the second were not there."""
    found = datafile.parse("a:\n  b: 1\na:\n  c: 2\n", "f")
    assert found.value == {"a": {"b": "1"}}
    assert (found.line(("a", "b")), found.line(("a", "c"))) == (2, 1)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("a:", [f"f:1: error: a: there is no value. {LEFT_OUT}"]),
        ("a: ''", [f"f:1: error: a: there is no value. {LEFT_OUT}"]),
        ("- a: ~", [f"f:1: error: 0.a: there is no value. {LEFT_OUT}"]),
        ('a: "  "', [f"f:1: error: a: there is no value. {LEFT_OUT}"]),
        ("a:\n  - 1\n  -\n", [f"f:3: error: a.1: there is no value. {LEFT_OUT}"]),
        ('{"a": null}', [f"f:1: error: a: {NULL}. {NULL_FIX}"]),
    ],
)
def test_what_is_not_known_is_left_out(raw: str, expected: list[str]) -> None:
    """There is no null: an empty value is asked for or to be removed."""
    assert expected == said(datafile.parse(raw, "f"))


def test_a_name_that_is_spelled_null_can_be_written() -> None:
    """In quotation marks it is a name."""
    assert value_of("family: 'Null'") == {"family": "Null"}
    assert [p.what for p in datafile.parse("family: Null", "f").problems] == [NULL]


def test_faults_before_the_end_of_reading_are_kept() -> None:
    """A key that stands twice is told even when the file breaks off further down."""
    whats = [problem.what for problem in datafile.parse("a: 1\na: 2\nb: [", "f").problems]
    assert whats == [
        "this key stands twice (first on line 1)",
        "the file is not readable as YAML here",
    ]


# --- what is too much -----------------------------------------------------------------------------


def test_depth_has_an_end() -> None:
    """Forty levels are read, and a million do no harm."""
    assert value_of("[" * 40 + "a" + "]" * 40)
    assert said(datafile.parse("[" * 41 + "a" + "]" * 41, "f")) == [f"f:1: error: {TOO_DEEP}"]
    for deep in ("[" * 1_000_000, "- " * 1_000_000, '{"a": ' * 300_000):
        assert said(datafile.parse(deep, "f")) == [f"f:1: error: {TOO_DEEP}"]


def test_nested_aliases_do_not_grow() -> None:
    """Ten lines that stand for a billion values are refused at the first of them."""
    bomb = "a0: &a0 [x, x]\n" + "".join(
        f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 10)
    )
    assert said(datafile.parse(bomb, "f")) == [f"f:1: error: {NO_MARKS}"]


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ("- a\n" * 20_001, 20_000),
        ("".join(f"k{n}: 1\n" for n in range(20_001)), 20_000),
        ("[" + "a," * 20_001 + "]", 1),
    ],
)
def test_the_count_of_values_has_an_end(raw: str, line: int) -> None:
    """A data export that was taken for a case does not keep the program busy."""
    assert said(datafile.parse(raw, "f")) == [f"f:{line}: error: {TOO_MANY}"]


# --- reading from a disk --------------------------------------------------------------------------


def test_a_file_is_read(tmp_path: Path) -> None:
    """By any name, also through a link."""
    path = tmp_path / "Fälle 1.yaml"
    path.write_text("key: value", "utf-8")
    (tmp_path / "link").symlink_to(path)
    assert datafile.read(path).value == datafile.read(tmp_path / "link").value == {"key": "value"}


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    """10 MB of nested aliases are refused by their size alone."""
    path = tmp_path / "case.yaml"
    path.write_bytes(b"a: &a [x]\n" + b"b: [*a, *a]\n" * 900_000)
    assert said(datafile.read(path)) == [f"{path}: error: {TOO_LARGE}"]


def test_a_device_without_an_end_is_not_read() -> None:
    """Only so many bytes are taken, whatever the size is said to be."""
    zero = Path("/dev/zero")
    if not zero.exists():
        pytest.skip("no /dev/zero here")
    assert said(datafile.read(zero)) == [f"/dev/zero: error: {TOO_LARGE}"]


def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    """A missing file, a folder, a link to itself, a file on the way."""
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (tmp_path / "file").write_text("a: b")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    missing = "there is no such file. Check the name and the folder."
    unreadable = "the file cannot be read ({}). Check that you may open it."
    expected = {
        tmp_path / "nothing": missing,
        tmp_path / "dangling": missing,
        tmp_path: "this is a folder, not a file. Name the file inside it.",
        tmp_path / "loop": unreadable.format("Too many levels of symbolic links"),
        tmp_path / "file" / "case.yaml": unreadable.format("Not a directory"),
        tmp_path / ("x" * 300): unreadable.format("File name too long"),
    }
    assert {path: [f"{path}: error: {what}"] for path, what in expected.items()} == {
        path: said(datafile.read(path)) for path in expected
    }


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read_is_said(tmp_path: Path) -> None:
    """The system's own reason stands in the message."""
    path = tmp_path / "case.yaml"
    path.write_text("a: b")
    path.chmod(0)
    expected = "the file cannot be read (Permission denied). Check that you may open it."
    assert said(datafile.read(path)) == [f"{path}: error: {expected}"]


# --- whatever is thrown at it ---------------------------------------------------------------------

# Without what is absent by rule: blanks alone, and the sign for nothing.
TEXTS = st.text().filter(lambda text: text.strip() not in {"", "~"})
SIGNS = "ab:-?[]{},&*!|>'\"%@`#~ \t\n\r\u00a0\\u0123\0"  # what YAML is made of
SEEN = st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=50)
KEYS = st.text(max_size=50)
TREES = st.recursive(
    TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def only_text(value: object) -> bool:
    """Return whether a value is made of text, lists and mappings by text alone."""
    if isinstance(value, dict):
        return all(isinstance(key, str) and only_text(item) for key, item in value.items())
    if isinstance(value, list):
        return all(map(only_text, value))
    return isinstance(value, str)


class TestAnything:
    """Whatever the bytes are, the outcome is a value of text or a problem, never an exception."""

    @given(st.binary() | st.text() | st.text(SIGNS, max_size=60))
    def test_any_bytes_and_any_text(self, raw: bytes | str) -> None:
        """Nothing is converted, and nothing is refused in silence."""
        found = datafile.parse(raw, "f")
        assert found.value is None or only_text(found.value)
        assert found.value is not None or found.problems

    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
    @given(TREES)
    def test_what_is_quoted_is_read_as_it_was(self, value: object) -> None:
        """All of Unicode comes back, line breaks and control characters too."""
        written = yaml.dump(value, default_style='"', width=60)
        assert value == value_of(written)

    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=50)
    @given(st.dictionaries(KEYS, TREES, max_size=4), st.sampled_from([None, 1, "\t"]))
    def test_json_is_read_as_it_was(self, value: object, indent: str | int | None) -> None:
        """On one line or many, its escapes in pairs put together."""
        assert value == value_of(json.dumps(value, indent=indent))

    @given(st.dictionaries(SEEN, SEEN.filter(lambda text: text != "~")))
    def test_json_without_escapes_is_read_as_it_was(self, value: dict[str, str]) -> None:
        """All that can be seen stands for itself."""
        assert value == value_of(json.dumps(value, ensure_ascii=False))
