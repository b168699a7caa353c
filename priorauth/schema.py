"""JSON Schema of the files that people write, for editors that complete and underline.

Not for reading files: the door (`intake`, `library`) is stricter and says more.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from priorauth.case import Case
from priorauth.forms.formmap import FormMap
from priorauth.history import TREATMENT_KEYS
from priorauth.payer import Examples, Payer, Policy

if TYPE_CHECKING:
    from priorauth.codes import Record

KINDS: dict[str, type[Record]] = {
    "case": Case,
    "payer": Payer,
    "policy": Policy,
    "examples": Examples,
    "form": FormMap,
}
Node = dict[str, Any]  # JSON Schema is JSON: any value under any key
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# A treatment is written `tms: iTBS`: its kind is the key, and this field the value.
_SHORT = {
    "Psychotherapy": (("psychotherapy",), "psychotherapy"),
    "DeviceTreatment": (("tms", "ect"), "protocol"),
    "KetamineTreatment": (("ketamine", "esketamine"), "route"),
    "DrugTreatment": (("drug",), "drug"),
}
_TEXT: Node = {"type": "string"}
_TEXTS: Node = {"type": "array", "items": _TEXT}
# What can also be written in one word, or as a list of them.
_AS_TEXT = {"Name": [_TEXT], "UsedForm": [_TEXT], "Use": [_TEXT, _TEXTS]}
_ONE_OR_SEVERAL = {"Use": ("put", "when")}  # lists of which one entry needs no brackets
_LIMITS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def schema(kind: str) -> str:
    """Return the JSON Schema of one of `KINDS`, as text."""
    raw = KINDS[kind].model_json_schema()
    for name, definition in raw.get("$defs", {}).items():
        if name in _SHORT:
            _shorten(definition, *_SHORT[name])
        if name in _ONE_OR_SEVERAL:
            _let_stand_alone(definition, _ONE_OR_SEVERAL[name])
        if name in _AS_TEXT:
            raw["$defs"][name] = {"anyOf": [*_AS_TEXT[name], definition]}
    whole = {"$schema": _DIALECT, **_as_written(raw), "title": f"priorauth {kind}"}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def _shorten(definition: Node, keys: tuple[str, ...], detail: str) -> None:
    """Let a treatment be named by its kind, as a file writes it."""
    properties = definition["properties"]
    properties.pop("kind", None)
    value = properties.pop(detail)
    definition["properties"] = {**dict.fromkeys(keys, value), **properties}
    definition["required"] = [
        key for key in definition.get("required", ()) if key not in ("kind", detail)
    ]
    others = [key for key in TREATMENT_KEYS if key not in keys]
    definition["oneOf"] = [{"required": [key]} for key in keys]
    definition["not"] = {"anyOf": [{"required": [key]} for key in others]}


def _let_stand_alone(definition: Node, keys: tuple[str, ...]) -> None:
    """Let a list of one be written without its brackets."""
    for key in keys:
        definition["properties"][key] = {"anyOf": [_TEXT, _TEXTS]}


def _as_written(value: Any) -> Any:  # noqa: ANN401 - any part of a schema
    """Return the schema as a YAML editor sees a file: there `yes` is text, and 2025 a number."""
    if isinstance(value, list):
        return [_as_written(item) for item in value]
    if not isinstance(value, dict):
        return value
    node = {key: _as_written(item) for key, item in value.items() if key != "default"}
    if isinstance(node.get("title"), str):
        del node["title"]
    return _evidence(_scalar(_choice(node)))


def _choice(node: Node) -> Node:
    """Leave out `null`, which no file may hold, and choices of one."""
    if "anyOf" not in node:
        return node
    options = [one for one in node["anyOf"] if one != {"type": "null"}]
    rest = {key: item for key, item in node.items() if key != "anyOf"}
    if _is_number(options):
        limits = {_LIMITS[key]: rest.pop(key) for key in list(rest) if key in _LIMITS}
        inner = {k: v for one in options for k, v in one.items() if k in _LIMITS.values()}
        return {"type": "number", **inner, **limits, **rest}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}


def _is_number(options: list[Node]) -> bool:
    """Return whether the choice is pydantic's way to say a decimal number."""
    return [one.get("type") for one in options] == ["number", ["string", "number"]]


def _scalar(node: Node) -> Node:
    if node.get("type") == "boolean":
        return {**node, "type": ["boolean", "string"], "enum": [True, False, "yes", "no"]}
    if node.get("type") == "string" and "enum" not in node and "const" not in node:
        return {**node, "type": ["string", "number"]}
    return node


def _evidence(node: Node) -> Node:
    """Let one place stand without the brackets of a list."""
    item = node.get("items")
    if node.get("type") == "array" and item == {"$ref": "#/$defs/Evidence"}:
        rest = {key: value for key, value in node.items() if key not in ("type", "items")}
        return {"anyOf": [item, {"type": "array", "items": item}], **rest}
    return node


def editor_line(kind: str) -> str:
    """Return the comment that tells an editor where the schema of a payer's file is."""
    up = "../.." if kind == "form" else ".."  # maps stand in a folder of their own
    return f"# yaml-language-server: $schema={up}/{file_name(kind)}"


def file_name(kind: str) -> str:
    """Return the name under which a schema stands beside the payers' folders."""
    return f"{kind}.schema.json"
