"""What was recorded: the content of `_run.json`."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from activstats.errors import DamagedRecordingError, NewerFormatError
from activstats.recording.parameter_info import ParameterInfo, parse_parameter
from activstats.recording.schema import FORMAT_VERSION


@dataclass(frozen=True)
class LayerInfo:
    """One recorded layer.

    Parameters
    ----------
    layer : str
        Name in the recording: the path, then ``@1`` for a module's second call in a batch, then
        ``:in`` for inputs and the path into a nested output.
    path : str
        Name of the module in the model.
    call : int
        Which call of the module within a batch, from 0.
    port : str
        ``"out"`` or ``"in"``.
    tuple_path : tuple of str
        Way into a nested output, outermost first.
    dtype : str
        Of the activations as the model made them.
    shape : tuple of int
        Of the first batch.
    neuron_axis : int
        Axis of `shape` that runs along the neurons.
    n_neurons : int
    sample_unit : str
        ``"item"`` or ``"position"``.
    training : bool
        Whether the module was in training mode at its first recorded call.
    rules : tuple of str
        Names of the activation rules.
    """

    layer: str
    path: str
    call: int
    port: str
    tuple_path: tuple[str, ...]
    dtype: str
    shape: tuple[int, ...]
    neuron_axis: int
    n_neurons: int
    sample_unit: str
    training: bool
    rules: tuple[str, ...]


@dataclass(frozen=True)
class RunInfo:
    """What `_run.json` says of a recording.

    Parameters
    ----------
    mode : str
        ``"counts"``, ``"mask"`` or ``"values"``; ``"parameters"`` where no activations were recorded.
    chunk_samples : int
        Most samples in a chunk.
    model : dict
        Class, hash of the configuration, hash of the weights, checkpoint.
    layers : tuple of LayerInfo
        Empty until the first shard was written.
    status : str
        ``"recording"``, ``"complete"`` or ``"interrupted"``.
    created : str
        Time in ISO 8601.
    rank, world : int
        Number of this process and how many recorded together.
    autocast : str
        The autocast type that was active at the first batch, or empty.
    versions : dict
        Of the packages that took part.
    notes : dict
        What the user said of the recording.
    values_dtype : str
        Type that values were cast to, empty where none were kept.
    parameters : tuple of ParameterInfo
        Weights and biases that were recorded beside.
    format : int
        Version of the format.
    """

    mode: str
    chunk_samples: int
    model: dict[str, Any]
    layers: tuple[LayerInfo, ...] = ()
    status: str = "recording"
    created: str = ""
    rank: int = 0
    world: int = 1
    autocast: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    notes: dict[str, Any] = field(default_factory=dict)
    values_dtype: str = ""
    parameters: tuple[ParameterInfo, ...] = ()
    format: int = FORMAT_VERSION

    def to_json(self) -> str:
        """Return the text of `_run.json`."""
        return json.dumps(asdict(self), indent=1) + "\n"

    def with_(self, **changes: Any) -> RunInfo:
        """Return a copy with some fields changed."""
        return replace(self, **changes)

    def essentials(self) -> dict[str, Any]:
        """Return what every shard repeats in its footer, so that a stray shard explains itself."""
        return {
            "format": self.format,
            "mode": self.mode,
            "chunk_samples": self.chunk_samples,
            "model": self.model,
            "layers": [asdict(layer) for layer in self.layers],
            "values_dtype": self.values_dtype,
            "parameters": [asdict(parameter) for parameter in self.parameters],
            "rank": self.rank,
            "world": self.world,
        }


def parse_run_info(text: str, *, where: str) -> RunInfo:
    """Read the text of `_run.json`.

    Raises
    ------
    NewerFormatError
        If a later version of the package wrote it.
    DamagedRecordingError
        If it is not what the package writes.
    """
    try:
        content = json.loads(text)
        version = int(content["format"])
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(where, error) from error
    if version > FORMAT_VERSION:
        raise NewerFormatError(
            f"the recording {where} was written by a later version of activstats.",
            got=f"format {version}",
            allowed=f"format {FORMAT_VERSION} and earlier",
            hint="install a later version of activstats",
        )
    try:
        layers = tuple(_parse_layer(layer) for layer in content.pop("layers"))
        parameters = tuple(parse_parameter(one) for one in content.pop("parameters", ()))
        return RunInfo(**content, layers=layers, parameters=parameters)
    except (ValueError, KeyError, TypeError) as error:
        raise _damaged(where, error) from error


def parse_essentials(content: dict[str, Any]) -> RunInfo | None:
    """Return what a shard's footer says of the recording it is of; None if that is not enough."""
    try:
        layers = tuple(_parse_layer(layer) for layer in content["layers"])
        parameters = tuple(parse_parameter(one) for one in content.get("parameters", ()))
        rest = {key: content[key] for key in content if key not in ("layers", "parameters")}
        return RunInfo(**rest, layers=layers, parameters=parameters)
    except (ValueError, KeyError, TypeError):
        return None


def _parse_layer(content: dict[str, Any]) -> LayerInfo:
    sequences = {key: tuple(content[key]) for key in ("tuple_path", "shape", "rules")}
    return LayerInfo(**(content | sequences))


def _damaged(where: str, error: Exception) -> DamagedRecordingError:
    return DamagedRecordingError(
        f"the description of the recording {where} cannot be read.",
        got=f"_run.json: {error}",
        hint="the shards below stats/ are ordinary Parquet files and can be read without it",
    )
