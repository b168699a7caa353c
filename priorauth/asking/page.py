"""Answers written into the text of a case file: a value where its place is, and nothing else moves.

What a person wrote, comments too, stays as it is. A comment that `new` or `import` left as the
place of the answer gives way to it, with its QUESTION. Not for deciding what the answer means.
"""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any, TypeAlias

import yaml

from priorauth import datafile
from priorauth.asking.hints import asks_for_more
from priorauth.importers.draft.words import scalar
from priorauth.left_open import left_open
from priorauth.problems import PriorAuthError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from priorauth.datafile import Key, Trail
    from priorauth.left_open import LeftOpen

Written: TypeAlias = "str | dict[str, Written] | list[Written]"

# What is written with a line for each key; all else stands on one line.
_TALL = frozenset({"patient", "coverage", "prescriber", "practice", "request", "course", "answer"})
_TALL |= {"attestations", "rationale", "consents"}
_TALL_ENTRIES = frozenset({"treatments", "exceptions", "reasons"})
# Digits that are a name and no number: they keep their zeros in every editor.
_NAMES = frozenset({"npi", "zip", "member_id", "group_number", "authorization_number"})


class PlaceError(PriorAuthError):
    """The file is written in a way that an answer cannot be put into."""

    def __init__(self, name: str, line: int, field: str) -> None:
        """Name the place and the way out."""
        where = f"{name}:{line}" if line else name
        super().__init__(
            f"{where}: {field}: the answer cannot be put into this place line by line; nothing was "
            "changed. Write it there in a text editor, then go on."
        )


def written(
    text: str, before: datafile.Datafile, trail: Trail, value: Written, *, over: bool = False
) -> tuple[str, datafile.Datafile]:
    """Return the text with a value at a place that has none, and as it is read then.

    `before` is the text as it was read; `over` puts the value over another one. Raises PlaceError
    where the value cannot be put.
    """
    tidy = _tidy(value)
    page = _Page(text)
    if page.change(trail, tidy) if over else page.put(trail, tidy):
        after = datafile.parse(page.text, before.name)
        if after.value == _placed(before.value, trail, tidy):
            return page.text, after
    raise PlaceError(before.name, before.line(trail), before.shown(trail))


def leave_out(text: str, name: str, trail: Trail) -> str:
    """Return the text without an empty place; as it is where there is none to be taken out."""
    page = _Page(text)
    taken = page.take_out(trail)
    same = datafile.parse(page.text, name).value == datafile.parse(text, name).value
    return page.text if taken and same else text


def without_lines(text: str, found: LeftOpen) -> str:
    """Return the text without a question in its comments; what else its lines say stays."""
    lines = text.split("\n")
    return "\n".join([*lines[: found.first - 1], *found.beside, *lines[found.last :]])


def set_aside(text: str, name: str, trail: Trail) -> str:
    """Return the text with an entry as a comment; as it is where the entry shares its lines."""
    page = _Page(text)
    done = page.set_aside(trail)
    wanted = _removed(datafile.parse(text, name).value, trail)
    return page.text if done and datafile.parse(page.text, name).value == wanted else text


# --- the page -------------------------------------------------------------------------------------


class _Page:
    """The text of a case file, and where in it every value stands."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lines = text.split("\n")
        spaced = text.replace(datafile.NO_BREAK_SPACE, " ")
        root = yaml.compose(spaced, Loader=yaml.CSafeLoader)
        self.root: Any = root if isinstance(root, yaml.MappingNode) else None

    def put(self, trail: Trail, value: Written) -> bool:
        """Put a value at a place; return whether there was one."""
        node, depth = self.root, 0
        while node is not None and depth < len(trail):
            child = _child(node, trail[depth])
            rest = _nested(trail[depth + 1 :], value)
            if child is None:
                return self._insert(node, trail[: depth + 1], rest)
            if _is_empty(child):
                return self._fill(node, child, trail[: depth + 1], rest)
            node, depth = child, depth + 1
        return False

    def _fill(self, parent: Any, child: Any, trail: Trail, value: Written) -> bool:  # noqa: ANN401
        """Write a value into an empty place, and let a comment behind it where it is."""
        key = trail[-1]
        if not isinstance(key, str):
            return False
        line = child.start_mark.line
        tall = not isinstance(value, str) and not parent.flow_style and not _is_short(key, value)
        if tall:
            self._begin(line, key, value, _key_indent(parent))
            return True
        start, end = child.start_mark.index, child.end_mark.index
        if child.style in ("|", ">"):  # of a text that was to stand below, the sign is all
            end = self.text.index("\n", start) if "\n" in self.text[start:] else len(self.text)
        written = _flow(key, value)
        gap = "" if self.text[start - 1 : start] == " " else " "
        tail = self.text[end:]
        spare = len(tail) - len(tail.lstrip(" "))
        longer = len(gap + written) - (end - start)
        comment = tail.lstrip(" ").startswith("#")
        kept = max(spare - max(longer, 0), 2) if comment else 0
        joined = (
            tail[spare:] if comment or tail[spare : spare + 1] in ("", "\n", ",", "}") else tail
        )
        self.text = f"{self.text[:start]}{gap}{written}{' ' * kept}{joined}"
        self.lines = self.text.split("\n")
        if not parent.flow_style:
            self._answered(line, _key_indent(parent))
        elif trail[1:2] == (0,):
            head = next(name for name, _ in self.root.value if name.value == trail[0])
            self._answered(head.start_mark.line, 0)
        return True

    def _insert(self, node: Any, trail: Trail, value: Written) -> bool:  # noqa: ANN401 - a node
        """Put a new key into a mapping, or a new entry at the end of a list."""
        key = trail[-1]
        if isinstance(node, yaml.MappingNode) and isinstance(key, str):
            if node.flow_style:
                return self._into_flow(node, f"{key}: {_flow(key, value)}")
            lines = _lines(key, value, _key_indent(node))
            place = self._placeholder(node, key)
            if place is None:
                self._append(node, lines)
            else:
                self._take_place(place, lines[:1])
                self._begin(place, key, value, _key_indent(node))
                self._answered(place, _key_indent(node))
            return True
        if isinstance(node, yaml.SequenceNode) and key == len(node.value):
            section = str(trail[-2])
            if node.flow_style:
                return self._into_flow(node, _flow(section, value))
            indent = node.start_mark.column
            after = self._last_line(node) + 1
            self._splice(after, after, _entry(section, value, " " * indent))
            return True
        return False

    def _begin(self, head: int, key: str, value: Written, indent: int) -> None:
        """Put what a key holds below its line: where a comment keeps the place, else at once."""
        below = _lines(key, value, indent)[1:]
        child = next(iter(value)) if isinstance(value, dict) else ""
        place = head + 1
        while child and place < len(self.lines) and self.lines[place].lstrip().startswith("#"):
            if self.lines[place].startswith(f"# {' ' * (indent + 2)}{child}:"):
                self._take_place(place, below)
                return
            place += 1
        self._splice(head + 1, head + 1, below)

    def _take_place(self, place: int, lines: list[str]) -> None:
        """Put lines where a comment kept their place, with the dots below it."""
        begun = self.lines[place].endswith("|") and place + 1 < len(self.lines)
        dots = begun and re.fullmatch(r"#\s+\.\.\.", self.lines[place + 1])
        self._splice(place, place + (2 if dots else 1), lines)

    def _into_flow(self, node: Any, written: str) -> bool:  # noqa: ANN401 - a node
        close = node.end_mark.index - 1
        body = self.text[node.start_mark.index + 1 : close].rstrip()
        end = node.start_mark.index + 1 + len(body)
        colon = " " if body.endswith(":") else ""
        between = f"{colon}, " if body.strip() else ""
        self.text = f"{self.text[:end]}{between}{written}{self.text[end:]}"
        return True

    def _append(self, node: Any, lines: list[str]) -> None:  # noqa: ANN401 - a node
        """Put lines at the end of a mapping; a new section at the end of the file."""
        after = self._last_line(node) + 1
        if node is self.root:
            after = len(self.lines)
            while after and not self.lines[after - 1].strip():
                after -= 1
            lines = ["", *lines]
        self._splice(after, after, lines)

    def _placeholder(self, node: Any, key: str) -> int | None:  # noqa: ANN401 - a node
        """Return the line of the comment that keeps the place of a key, such as `# outcome:`."""
        indent = " " * _key_indent(node)
        forms = (f"{indent}# {key}:", f"# {indent}{key}:")
        first, last = self._region(node)
        for number in range(first, last):
            line = self.lines[number]
            if any(line == form or line.startswith(f"{form} ") for form in forms):
                return number
        return None

    def _region(self, node: Any) -> tuple[int, int]:  # noqa: ANN401 - a node
        """Return the lines of a mapping, with the comments behind it that can belong to it."""
        if node is self.root:
            return 0, len(self.lines)
        last = self._last_line(node) + 1
        while last < len(self.lines) and re.match(r"\s*(#|$)", self.lines[last]):
            last += 1
        return node.start_mark.line, last

    def _answered(self, place: int, indent: int) -> None:
        """Take out the QUESTION right above a line that now has its answer."""
        above = next((one for one in left_open(self.text) if one.last == place), None)
        ours = above and self.lines[above.first - 1].startswith(f"{' ' * indent}#")
        if above and ours and not asks_for_more(above.words):
            self._splice(above.first - 1, place, above.beside)

    def _last_line(self, node: Any) -> int:  # noqa: ANN401 - a node
        """Return the last line that a value stands on, counted from 0."""
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            last = node.value[-1]
            return self._last_line(last[1] if isinstance(last, tuple) else last)
        return self.text[: node.end_mark.index].rstrip().count("\n")

    def _splice(self, first: int, last: int, lines: Iterable[str]) -> None:
        self.lines[first:last] = lines
        self.text = "\n".join(self.lines)

    def change(self, trail: Trail, value: Written) -> bool:
        """Write another value where one stands; return whether one does."""
        node = self._at(trail)
        if not isinstance(node, yaml.ScalarNode):
            return False
        told = _flow(str(trail[-1]), value)
        if node.style in ("|", ">"):
            if not isinstance(trail[-1], str):
                return False
            self._change_below(node.start_mark, _key_indent(self._at(trail[:-1])), told)
            return True
        start, end = node.start_mark.index, node.end_mark.index
        self.text = f"{self.text[:start]}{told}{self.text[end:]}"
        self.lines = self.text.split("\n")
        return True

    def _change_below(self, start: Any, above: int, told: str) -> None:  # noqa: ANN401 - a mark
        """Write a value for a text that stands below its key, at the column `above`.

        The reader counts blank lines and comments behind such a text to it: here they stay.
        """
        head = self.lines[start.line]
        sign, gap, remark = head[start.column :].partition(" ")
        depth = next((above + int(one) for one in sign if one.isdecimal()), 0)
        first = last = start.line + 1
        for number in range(first, len(self.lines)):
            line = self.lines[number]
            if line.strip():
                indent = len(line) - len(line.lstrip(" "))
                depth = depth or max(indent, above + 1)
                if indent < depth:
                    break
                last = number + 1
        self._splice(start.line, last, [f"{head[: start.column]}{told}{gap}{remark}".rstrip()])

    # --- taking out ---

    def take_out(self, trail: Trail) -> bool:
        """Make a comment of the line of an empty key, or take the key out of its line."""
        parent = self._at(trail[:-1])
        pairs = parent.value if isinstance(parent, yaml.MappingNode) else []
        place = next((n for n, (key, _) in enumerate(pairs) if key.value == trail[-1]), None)
        if place is None or not _is_empty(pairs[place][1]):
            return False
        if not parent.flow_style:
            return self._comment(pairs[place][0].start_mark, pairs[place][0].start_mark.line)
        if len(pairs) == 1:
            return False
        start, end = pairs[place][0].start_mark.index, pairs[place][1].end_mark.index
        if place + 1 < len(pairs):
            end = pairs[place + 1][0].start_mark.index
        else:
            start = pairs[place - 1][1].end_mark.index
            end = parent.end_mark.index - 1
        self.text = self.text[:start] + self.text[end:]
        return True

    def set_aside(self, trail: Trail) -> bool:
        """Make a comment of an entry, and of the head of a list or mapping that is then empty."""
        parent, entry = self._at(trail[:-1]), self._at(trail)
        if parent is None or entry is None or parent.flow_style:
            return False
        last = self._last_line(entry)
        if isinstance(parent, yaml.MappingNode):
            start = next(key for key, _ in parent.value if key.value == trail[-1]).start_mark
            done = self._comment(start, last)
        else:
            start = entry.start_mark
            done = self._comment(start, last, parent.start_mark.column)
        if done and len(parent.value) == 1 and len(trail) > 1:
            above = self._at(trail[:-2])
            head = next(key for key, _ in above.value if key.value == trail[-2]).start_mark
            done = self._comment(head, head.line)
        return done

    def _at(self, trail: Trail) -> Any:  # noqa: ANN401 - a node
        node = self.root
        for key in trail:
            node = _child(node, key) if node is not None else None
        return node

    def _comment(self, start: Any, last: int, column: int | None = None) -> bool:  # noqa: ANN401
        """Put `# ` before whole lines, at one column."""
        column = start.column if column is None else column
        if self.lines[start.line][:column].strip():
            return False
        for number in range(start.line, last + 1):
            line = self.lines[number]
            if line.strip():
                self.lines[number] = f"{line[:column]}# {line[column:]}"
        self.text = "\n".join(self.lines)
        return True


def _child(node: Any, key: Key) -> Any:  # noqa: ANN401 - a node
    if isinstance(node, yaml.MappingNode):
        return next((value for name, value in node.value if name.value == key), None)
    inside = isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value)
    return node.value[key] if inside else None


def _is_empty(node: Any) -> bool:  # noqa: ANN401 - a node
    if not isinstance(node, yaml.ScalarNode):
        return False
    plain_null = not node.style and node.value in ("null", "Null", "NULL")
    return plain_null or node.value.strip() in ("", "~")


def _key_indent(node: Any) -> int:  # noqa: ANN401 - a node
    column = node.value[0][0].start_mark.column if node.value else node.start_mark.column
    return int(column)


# --- how values are written -----------------------------------------------------------------------


def _lines(key: str, value: Written, indent: int) -> list[str]:
    """Return a key with its value as lines of a mapping."""
    space = " " * indent
    if isinstance(value, str) or _is_short(key, value):
        return [f"{space}{key}: {_flow(key, value)}"]
    if isinstance(value, list):
        return [f"{space}{key}:", *(ln for one in value for ln in _entry(key, one, f"{space}  "))]
    inside = (line for name, item in value.items() for line in _lines(name, item, indent + 2))
    return [f"{space}{key}:", *inside]


def _is_short(key: str, value: Written) -> bool:
    return isinstance(value, dict) and key not in _TALL


def _entry(section: str, value: Written, space: str) -> list[str]:
    """Return an entry of a list as lines."""
    if isinstance(value, dict) and section in _TALL_ENTRIES:
        first, *rest = (ln for k, v in value.items() for ln in _lines(k, v, len(space) + 2))
        return [f"{space}- {first.lstrip()}", *rest]
    return [f"{space}- {_flow(section, value)}"]


def _flow(key: str, value: Written) -> str:
    """Return a value on one line."""
    if isinstance(value, dict):
        return f"{{{', '.join(f'{name}: {_flow(name, item)}' for name, item in value.items())}}}"
    if isinstance(value, list):
        return f"[{', '.join(_flow(key, item) for item in value)}]"
    plain = value in ("yes", "no") or (value.isdecimal() and key not in _NAMES)
    return value if plain else scalar(value)


def _nested(trail: Trail, value: Written) -> Written:
    for key in reversed(trail):
        value = {key: value} if isinstance(key, str) else [value]
    return value


def _tidy(value: Written) -> Written:
    """Return the value as the file will hold it."""
    if isinstance(value, dict):
        return {key: _tidy(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tidy(item) for item in value]
    return _as_read(value)[0]


def _as_read(value: str) -> list[str]:
    """Return a list with the text as a file gives it back; empty where it holds none."""
    read = datafile.parse(f"- {scalar(value)}", "").value
    return [one for one in read if isinstance(one, str)] if isinstance(read, list) else []


def is_writable(value: Written) -> bool:
    """Return whether a file gives back every text of a value: empty, or half a letter, it is not.

    A `~` alone is empty too.
    """
    if isinstance(value, str):
        return bool(_as_read(value))
    return all(map(is_writable, value.values() if isinstance(value, dict) else value))


def _placed(value: Any, trail: Trail, new: Written) -> Any:  # noqa: ANN401 - a case file's values
    """Return the values with a new one in its place."""
    if not trail:
        return new
    key, rest = trail[0], trail[1:]
    if isinstance(key, int):
        found = list(value) if isinstance(value, list) else []
        inside = found[key] if key < len(found) else None
        return [*found[:key], _placed(inside, rest, new), *found[key + 1 :]]
    held = dict(value) if isinstance(value, dict) else {}
    return {**held, key: _placed(held.get(key), rest, new)}


def _removed(value: Any, trail: Trail) -> Any:  # noqa: ANN401 - a case file's values
    """Return the values without an entry, and without a list or mapping that is then empty."""
    found = copy.deepcopy(value)
    above = found
    for key in trail[:-1]:
        above = above[key]
    del above[trail[-1]]
    if not above and len(trail) > 1:
        higher = found
        for key in trail[:-2]:
            higher = higher[key]
        del higher[trail[-2]]
    return found


def empty_places(data: datafile.Datafile) -> Iterator[Trail]:
    """Yield each place of a file that is there and holds nothing."""
    for fault in data.faults:
        if fault.what in (datafile.NO_VALUE, datafile.NULL):
            yield fault.trail
