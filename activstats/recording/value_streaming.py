"""The values of a recording: activations of a layer, streamed as arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from activstats.errors import InputError
from activstats.recording.asked import LAST_STEP, OnDamage, check_step
from activstats.recording.layout import VALUES, Stream
from activstats.recording.names import choose
from activstats.recording.streaming import RecordedStreams
from activstats.recording.values import FloatArray, ValueBlock, block_of


class RecordedValues(RecordedStreams):
    """The part of a recording that knows single activations; see `RecordingFiles`."""

    def values(
        self,
        layer: str | None = None,
        *,
        step: int | None = -1,
        on_damage: OnDamage = "raise",
    ) -> Iterator[FloatArray]:
        """Stream the activations of a layer, a row group at a time.

        Parameters
        ----------
        layer : str, optional
            May be left out where there is only one.
        step : int or None
            A recorded step; -1, the default, is the last one. None gives all steps in their order.
        on_damage : {"raise", "skip"}
            As for `stats`.

        Yields
        ------
        ndarray of float16 or float32, shape (rows, n_neurons)
            As they were kept, in the order in which the samples were recorded; those of several
            ranks follow each other in the order of the ranks, step by step.

        Raises
        ------
        InputError
            If the recording holds no values.
        LayerNotFoundError
            If there is no such layer or step, or if the layer must be named.
        """
        streams = self.value_streams(layer)
        step = check_step(step)
        if step == LAST_STEP:
            step = max(entry.last[0] for stream in streams for entry in self.entries(stream))
        by_step = step is None and len(streams) > 1
        for at in (
            sorted({s for one in streams for s in self._steps_in(one)}) if by_step else [step]
        ):
            for stream in self._with_step(streams, at):
                for block in self.value_blocks(stream, step=at, on_damage=on_damage):
                    yield block.activations

    def value_streams(self, layer: str | None = None) -> list[Stream]:
        """Return the streams of a layer's values, one a rank.

        Raises
        ------
        InputError
            If the recording holds no values.
        LayerNotFoundError
            If there is no such layer, or if one must be named because there are several.
        """
        streams = self.streams_of_kind(VALUES)
        if not streams:
            raise InputError(
                f"'{self.path}' holds no values.",
                got=f"mode '{self.info.mode}'",
                allowed="mode 'values'",
                hint='Recorder(model, path, mode="values")',
            )
        layer = choose("layer", layer, [stream.layer for stream in streams], self.path)
        return [stream for stream in streams if stream.layer == layer]

    def value_blocks(
        self, stream: Stream, *, step: int | None = None, on_damage: OnDamage = "raise"
    ) -> Iterator[ValueBlock]:
        """Stream the values of one stream with the numbers of their samples; see `values`."""
        n_neurons = self.layer_info(stream.layer).n_neurons
        for table in self.rows(stream, step=step, columns=None, on_damage=on_damage):
            yield block_of(table, n_neurons)

    def may_hold(self, stream: Stream, step: int | None) -> bool:
        """Return whether the shards of a stream reach over a step; None stands for any."""
        return step is None or any(
            entry.first[0] <= step <= entry.last[0] for entry in self.entries(stream)
        )

    def _with_step(self, streams: Sequence[Stream], step: int | None) -> list[Stream]:
        """Return the streams that may hold a step; all of them where none does, to say so."""
        return [s for s in streams if self.may_hold(s, step)] or list(streams)
