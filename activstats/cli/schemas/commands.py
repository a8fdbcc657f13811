"""The schema of each command: what it prints with `--json`, whatever was asked of it."""

from __future__ import annotations

import re

from activstats.cli.schemas.made import MADE
from activstats.cli.schemas.parts import (
    CELL,
    NUMBER,
    TEXT,
    Schema,
    either,
    list_of,
    maybe,
    record,
    table_of,
    texts,
    wholes,
)
from activstats.cli.schemas.results import result_schema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REFERENCE = re.compile(r"#/\$defs/(\w+)")


def rows(columns: str) -> Schema:
    """Return the schema of a table's rows, with at least these columns."""
    return list_of({"type": "object", "required": columns.split(), "additionalProperties": CELL})


def result(name: str, **more: Schema) -> Schema:
    """Return the schema of a result, and of what may stand in it beside its own fields."""
    reference: Schema = {"$ref": f"#/$defs/{name}", "unevaluatedProperties": False}
    return reference | ({"properties": more} if more else {})


VERDICT = record(
    **texts("title source rule sentence statistic_name effect changes needs"),
    outcome={"enum": ["supported", "contradicted", "undecided", "not testable"]},
    statistic=NUMBER,
    interval={"type": "array", "items": NUMBER, "minItems": 2, "maxItems": 2},
    level=NUMBER,
    p=maybe(NUMBER),
    p_holm=maybe(NUMBER),
    yardsticks=table_of(NUMBER),
    caveats=list_of(TEXT),
)
JUDGED = record({"report": maybe(TEXT)}, study=TEXT, verdicts=list_of(VERDICT))
_PREDICTED = rows("n_samples")
_BESIDE = record(rows=rows(""), reason=TEXT, warnings=list_of(TEXT))
_SETTINGS: Schema = {"type": "object", "description": "with --show-config: settings by name"}
_GROWTH = result(
    "GrowthLawResult",
    Prediction=_PREDICTED,
    GoodnessOfFit=result("GoodnessOfFit"),
    LawComparison=result("LawComparison"),
    TwoWay=result("TwoWay"),
    OrderTests=result("OrderTests"),
)
_BOUNDED = {
    "type": "object",
    "properties": {
        name: result(name)
        for name in ("BoundedPowerLawResult", "RivalComparison", "ExponentAgreement")
    },
    "required": ["BoundedPowerLawResult"],
    "additionalProperties": False,
}
_TAIL = result("PowerLawTailResult", comparison=rows("law"))
_DECAY = result(
    "LossDecayResult", prediction=_BESIDE, local_exponent=_BESIDE, choice=result("CurveChoice")
)
_FLUCTUATION = result("FluctuationResult", participation=rows("layer window participating status"))

SCHEMAS: dict[str, Schema] = MADE | {
    "decay": list_of(_DECAY),
    "demo": either(JUDGED, _SETTINGS),
    "fluctuation": either(JUDGED, _FLUCTUATION, rows("layer rule participating dead status")),
    "growth": list_of(either(_GROWTH, result("RuleSweep"))),
    "pool": list_of(result("Pooled")),
    "powerlaw": list_of(either(_TAIL, _BOUNDED)),
    "stamina": either(list_of(result("StaminaLedgerResult")), JUDGED),
    "study": either(record(**texts("study folder read_with")), _SETTINGS),
    "tipping": either(
        list_of(result("FiringCourseResult")),
        record(
            {"report": TEXT},
            study=TEXT,
            verdicts=list_of(VERDICT),
            shifts=list_of(result("TippingShiftResult")),
            points=rows("definition optimizer width masking rate status"),
        ),
    ),
    "transition": list_of(result("LossTransitionResult")),
    "validate": record(
        **wholes("format"),
        **texts("study command runs_sha256 study_hash"),
        versions=list_of(table_of(maybe(TEXT))),
        verdicts=list_of(VERDICT),
        reports=list_of(TEXT),
    ),
}


def command_schema(name: str) -> Schema:
    """Return the JSON Schema of what a command prints with `--json`.

    Examples
    --------
    >>> command_schema("pool")["type"]
    'array'
    """
    schema = SCHEMAS[name]
    return {"$schema": _DIALECT, "title": f"activstats {name} --json", **_with_definitions(schema)}


def kind_schema(name: str) -> Schema:
    """Return the JSON Schema of what `to_json` writes of a kind of result."""
    return {"$schema": _DIALECT, "title": name, **_with_definitions(result(name))}


def _with_definitions(schema: Schema) -> Schema:
    """Add the definitions of all results that a schema speaks of."""
    named = sorted(set(_REFERENCE.findall(str(schema))))
    return schema | ({"$defs": {one: result_schema(one) for one in named}} if named else {})
