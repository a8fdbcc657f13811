"""What the schemas are put together from."""

from __future__ import annotations

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
WHOLE: Schema = {"type": "integer"}
NOTHING: Schema = {"type": "null"}
# JSON has no infinite and no undefined numbers.
NUMBER: Schema = {"anyOf": [{"type": "number"}, {"enum": ["inf", "-inf", "nan"]}]}
ANYTHING: Schema = {}
CELL: Schema = {"anyOf": [NUMBER, TEXT, FLAG, NOTHING]}


def either(*schemas: Schema) -> Schema:
    """Return the schema of one thing or another."""
    return {"anyOf": list(schemas)}


def maybe(schema: Schema) -> Schema:
    """Return the schema of a thing that may be null."""
    return either(schema, NOTHING)


def list_of(schema: Schema) -> Schema:
    """Return the schema of a list of any length."""
    return {"type": "array", "items": schema}


def table_of(schema: Schema) -> Schema:
    """Return the schema of things by name."""
    return {"type": "object", "additionalProperties": schema}


def record(optional: dict[str, Schema] | None = None, /, **fields: Schema) -> Schema:
    """Return the schema of an object with these fields and no others.

    Examples
    --------
    >>> record({"note": TEXT}, name=TEXT)["required"]
    ['name']
    """
    return {
        "type": "object",
        "properties": fields | (optional or {}),
        "required": list(fields),
        "additionalProperties": False,
    }


def texts(names: str) -> dict[str, Schema]:
    """Return fields of text, from their names between blanks."""
    return dict.fromkeys(names.split(), TEXT)


def wholes(names: str) -> dict[str, Schema]:
    """Return fields of whole numbers, likewise."""
    return dict.fromkeys(names.split(), WHOLE)


def numbers(names: str) -> dict[str, Schema]:
    """Return fields of numbers, likewise."""
    return dict.fromkeys(names.split(), NUMBER)
