"""The layers of a recording in progress: made when they first fire, taken up where a resumed one ended."""

from __future__ import annotations

import torch

from activstats.errors import RecorderError
from activstats.recorder.device import DeviceBuffer, is_reduced_there
from activstats.recorder.finishing import Finisher
from activstats.recorder.identity import autocast_type
from activstats.recorder.layer import LayerRecorder, Place
from activstats.recorder.layer_buffer import LayerBuffer
from activstats.recorder.matrix import reading_of
from activstats.recorder.settings import Settings
from activstats.recorder.taps import Tap
from activstats.recording.layout import STATS
from activstats.recording.run_info import LayerInfo
from activstats.recording.store import Store
from activstats.recording.writer import RecordingWriter
from activstats.rules import Rule


class RecordedLayers:
    """All layers that have fired, by name.

    Parameters
    ----------
    settings : Settings
    writer : RecordingWriter
    finisher : Finisher
        Takes the full chunks.
    weights_sha256 : str, optional
        Of the model as it is now.
    """

    def __init__(
        self,
        settings: Settings,
        writer: RecordingWriter,
        finisher: Finisher,
        weights_sha256: str | None,
    ) -> None:
        self._settings = settings
        self._finisher = finisher
        self._writer = writer
        self._weights_sha256 = weights_sha256
        self._layers: dict[tuple[Tap, int], LayerRecorder] = {}
        self._described = 0
        self._autocast = writer.info.autocast

    def at(self, tap: Tap, call: int, tensor: torch.Tensor, step: int) -> LayerRecorder:
        """Return the layer of a tap's call, making it from its first tensor."""
        layer = self._layers.get((tap, call))
        if layer is None:
            layer = self._layers[tap, call] = self._make(tap, call, tensor, step)
        return layer

    def fired(self) -> set[Tap]:
        """Return the taps that have met at least one sample, if only one met before elsewhere."""
        return {
            tap for (tap, _), layer in self._layers.items() if layer.n_samples or layer.left_out
        }

    def close(self) -> None:
        """Hand over all open chunks."""
        for layer in self._layers.values():
            layer.close()

    def keep_to_limit(self) -> None:
        """Close all open chunks early where together they take more memory than they may."""
        if sum(layer.nbytes for layer in self._layers.values()) > self._settings.open_bytes:
            self.close()

    def describe(self) -> None:
        """Bring `_run.json` up to date; layers of an earlier, resumed recording stay in it."""
        if self._described == len(self._layers):
            return
        self._described = len(self._layers)
        known = {layer.layer: layer for layer in self._writer.info.layers}
        known = {layer.info.layer: layer.info for layer in self._layers.values()} | known
        info = self._writer.info
        self._writer.write_info(info.with_(layers=tuple(known.values()), autocast=self._autocast))

    def _make(self, tap: Tap, call: int, tensor: torch.Tensor, step: int) -> LayerRecorder:
        name, settings = tap.layer(call), self._settings
        self._autocast = self._autocast or autocast_type()
        reading = reading_of(tensor, tap.module, name, settings.neuron_axis, settings.sample_unit)
        rules = settings.rules_of(name)
        info = LayerInfo(
            layer=name,
            path=tap.path,
            call=call,
            port=tap.port,
            tuple_path=tap.tuple_path,
            dtype=str(tensor.dtype).removeprefix("torch."),
            shape=tuple(tensor.shape),
            neuron_axis=reading.neuron_axis,
            n_neurons=tensor.shape[reading.neuron_axis],
            sample_unit=reading.sample_unit,
            training=tap.module.training,
            rules=tuple(rule.name for rule in rules),
        )
        buffer = self._buffer(info.n_neurons, rules, tensor.device)
        return LayerRecorder(info, reading, buffer, self._finisher, self._place_of(info, step))

    def _buffer(self, n: int, rules: tuple[Rule, ...], device: torch.device) -> LayerBuffer:
        settings = self._settings
        capacity = settings.capacity(n)
        # Activations that are kept have to come over anyhow.
        if not settings.values_dtype and is_reduced_there(device, settings.reduce_on):
            return DeviceBuffer(n, rules, capacity=capacity, device=device)
        return LayerBuffer(n, rules, capacity=capacity, values_dtype=settings.values_dtype)

    def _place_of(self, info: LayerInfo, step: int) -> Place:
        """Return what a resumed recording already holds of a layer."""
        self._check_same(info)
        shards = [
            entry
            for entry in self._writer.resumed
            if entry.stream.kind == STATS and entry.stream.layer == info.layer
        ]
        if not shards:
            return Place()
        newest = max(shards, key=lambda entry: entry.last)
        self._check_same_weights(newest.last[0], step)
        *_, rows = Store(self._writer.path).rows(newest, ["chunk"])
        return Place(newest.last[0], newest.last[1] + 1, rows["chunk"][-1].as_py() + 1)

    def _check_same_weights(self, step: int, now_at: int) -> None:
        """Refuse to fill up the one step of a frozen model's recording from another model."""
        steps = {at for entry in self._writer.resumed for at in (entry.first[0], entry.last[0])}
        before = self._writer.info.model.get("weights_sha256")
        now = self._weights_sha256
        if steps == {step} and now_at == step and None not in (before, now) and before != now:
            raise RecorderError(
                f"step {step} of '{self._writer.path}' was recorded with other weights.",
                got=now,
                allowed=before,
                hint="load the same weights, say another step, or record into a new folder",
            )

    def _check_same(self, info: LayerInfo) -> None:
        known = {layer.layer: layer for layer in self._writer.info.layers}
        if not self._writer.resumed or not known:
            return
        before = known.get(info.layer)
        if before is None:
            got, allowed = f"layer '{info.layer}'", ", ".join(known)
        elif _essence(before) != _essence(info):
            got, allowed = _essence(info), _essence(before)
        else:
            return
        raise RecorderError(
            f"'{self._writer.path}' cannot be resumed with other layers or rules.",
            got=got,
            allowed=allowed,
            hint="say the same as before, or record into a new folder",
        )


def _essence(info: LayerInfo) -> str:
    rules = ", ".join(info.rules)
    return (
        f"layer '{info.layer}', N = {info.n_neurons}, a sample is one {info.sample_unit}, {rules}"
    )
