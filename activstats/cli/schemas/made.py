"""Schemas of the commands that print no fitted law: recordings, tables and plans."""

from __future__ import annotations

from activstats.cli.schemas.parts import (
    ANYTHING,
    FLAG,
    NUMBER,
    TEXT,
    WHOLE,
    Schema,
    either,
    list_of,
    maybe,
    numbers,
    record,
    table_of,
    texts,
    wholes,
)

_LAYER = record(
    **texts("layer rule sample_unit shape dtype"),
    **wholes("n_neurons n_steps n_samples neuron_axis shards bytes"),
)
_INSPECTED = record(
    **_LAYER["properties"], **numbers("k c dead_share always_on_share nonfinite_share")
)
_CHECKPOINT = record(
    **wholes("step"),
    **texts("path sha256 prefix commit"),
    duplicate_of=maybe(WHOLE),
    missing=list_of(TEXT),
    unexpected=list_of(TEXT),
    recorded=FLAG,
)
_PROBLEM = record(**texts("kind where said recording"), mendable=FLAG)
_LOST = record(
    **texts("kind layer rule recording"),
    **wholes("rank first_step first_sample last_step last_sample"),
)
_VERIFIED = record(
    path=TEXT,
    ok=FLAG,
    **wholes("n_recordings n_shards n_bytes"),
    problems=list_of(_PROBLEM),
    lost=list_of(_LOST),
    notes=list_of(TEXT),
)
_STEPS = record(layer=TEXT, rule=TEXT, steps=list_of(record(step=WHOLE, n_samples=WHOLE)))
_PLACE = record(
    **texts("layer kind port dtype sample_unit role suggestion same_as"),
    shape=list_of(WHOLE),
    calls=WHOLE,
    share_active=NUMBER,
)
_SPLIT = {
    "decades_above": NUMBER, "sizes": list_of(NUMBER), "seeds": WHOLE,
    **numbers("se_log_d_star se_log_b se_log_steepest factor"),
}  # fmt: skip
_DATASET = record(**texts("name kind what made_by"), bytes=WHOLE)

MADE: dict[str, Schema] = {
    "compact": record(path=TEXT, **wholes("shards_before shards_after bytes_before bytes_after")),
    "datasets": either(
        list_of(_DATASET),
        record({"read_with": TEXT}, dataset=TEXT, folder=TEXT),
    ),
    "design": record(
        **numbers("d_star b cv floor_share level se_if_lower se_if_higher"),
        options=list_of(record(**_SPLIT)),
        chosen=WHOLE,
        power=maybe(record(**wholes("n_simulations detected placed"))),
        warnings=list_of(TEXT),
        advice=record(**_SPLIT, runs=WHOLE, samples=WHOLE),
    ),
    "inspect": record(
        **texts("recording status mode created"),
        model=table_of(ANYTHING),
        layers=list_of(_INSPECTED),
        parameters=list_of(
            record(**texts("parameter table shape dtype"), **wholes("shards bytes"))
        ),
        steps=list_of(_STEPS),
        problems=list_of(TEXT),
    ),
    "plan": record(
        **numbers("b c_share se"),
        n_neurons=list_of(WHOLE),
        n_samples=list_of(WHOLE),
        samples=list_of(NUMBER),
        neurons=list_of(NUMBER),
        errors=list_of(list_of(NUMBER)),
    ),
    "record": record({"checkpoints": list_of(_CHECKPOINT)}, recording=TEXT, layers=list_of(_LAYER)),
    "schema": {"type": "object", "description": "a JSON Schema"},
    "table": list_of(
        record(
            **texts("recording layer rule verdict warning"),
            **wholes("step n_neurons n_samples"),
            **numbers("c_share dead_share always_on_share b b_low b_high misfit"),
            **numbers("alpha xmin n_tail tail_share p"),
        )
    ),
    "trace": record(
        model=TEXT, places=list_of(_PLACE), suggested=list_of(TEXT), notes=list_of(TEXT)
    ),
    "verify": either(
        _VERIFIED,
        record(
            before=_VERIFIED,
            set_aside=list_of(record(**texts("recording file now reason"))),
            after=_VERIFIED,
        ),
    ),
}
