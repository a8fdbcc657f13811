"""The runs of the study of transformers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from activstats.studies.kinds import Kind
from activstats.studies.transformer_settings import GATED, RELU, STUDY, TransformerSettings


@dataclass(frozen=True)
class TransformerRun:
    """One run: a network or the learner without neurons, what it is trained on, how it is recorded.

    Parameters
    ----------
    kind : Kind
        What is trained, and on what.
    block : str
        What the MLPs are; empty for the learner without neurons.
    width, n_train, seed : int
        Neurons of each MLP, training tokens, seed.
    mask : bool
        Whether the recording is in full: which tokens activated a neuron, under every rule.
    along : bool
        Whether the run is also recorded along training.
    order : int, optional
        Number of another order of the windows than that of the seed.
    """

    kind: Kind
    block: str
    width: int
    n_train: int
    seed: int
    mask: bool = False
    along: bool = False
    order: int | None = None

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> TransformerRun(Kind.TRAINED, "gated", 64, 96, 0).name
        'transformer-trained-gated-w0064-n000096-s0'
        """
        words = (
            (STUDY, *self.kind.split(), self.block) if self.block else (STUDY, *self.kind.split())
        )
        order = "" if self.order is None else f"-o{self.order}"
        return f"{'-'.join(words)}-w{self.width:04d}-n{self.n_train:06d}-s{self.seed}{order}"

    @property
    def recording_name(self) -> str:
        """Name of the folder of the recording, empty if there is none."""
        return self.name if self.block else ""

    @property
    def along_name(self) -> str:
        """Name of the folder of the recording along training, empty if there is none."""
        return f"{self.name}-along" if self.along else ""


def plan_transformers(settings: TransformerSettings, pool: int) -> tuple[TransformerRun, ...]:
    """Return all runs in the order of the runs table.

    Trained networks of every width, size and seed; untrained ones and ones on shuffled text; orders
    of the first seed's start; other kinds of blocks; and the learner without neurons.

    Parameters
    ----------
    settings : TransformerSettings
        Widths, sizes, seeds.
    pool : int
        Tokens in the training pool.

    Returns
    -------
    tuple of TransformerRun

    Raises
    ------
    DomainError
        If a size asks for more than the pool.

    Examples
    --------
    >>> len(plan_transformers(TransformerSettings(), 300_000))
    123
    """
    sizes = settings.size_grid(pool)
    return (
        *_trained(settings, sizes),
        *_controls(settings, sizes[-1]),
        *_same_start(settings, sizes[-1]),
        *_compared(settings, sizes[-1]),
        *(
            TransformerRun(Kind.LINEAR, "", 0, n_train, seed)
            for n_train in sizes
            for seed in settings.seeds
        ),
    )


def kind_of_block(block: str) -> Kind:
    """Return the kind of runs that have other blocks than the study's own.

    Examples
    --------
    >>> str(kind_of_block("gelu"))
    'gelu blocks'
    """
    return {GATED: Kind.GATED_BLOCKS, RELU: Kind.RELU_BLOCKS}.get(block, Kind.GELU_BLOCKS)


def _trained(settings: TransformerSettings, sizes: tuple[int, ...]) -> Iterator[TransformerRun]:
    for width in settings.widths:
        for n_train in sizes:
            whole = n_train == sizes[-1]
            along = whole and width == settings.along_width
            for seed in settings.seeds:
                yield TransformerRun(
                    Kind.TRAINED, settings.block, width, n_train, seed, mask=whole, along=along
                )


def _controls(settings: TransformerSettings, largest: int) -> Iterator[TransformerRun]:
    for kind, n_train in ((Kind.UNTRAINED, 0), (Kind.RANDOM_LABELS, largest)):
        for width in settings.widths:
            for seed in settings.seeds:
                yield TransformerRun(kind, settings.block, width, n_train, seed, mask=True)


def _same_start(settings: TransformerSettings, largest: int) -> Iterator[TransformerRun]:
    if settings.along_width not in settings.widths:
        return
    for order in range(1, settings.replicates + 1):
        yield TransformerRun(
            Kind.SAME_START, settings.block, settings.along_width, largest, settings.seeds[0],
            mask=True, order=order,
        )  # fmt: skip


def _compared(settings: TransformerSettings, largest: int) -> Iterator[TransformerRun]:
    for block in settings.compared:
        for seed in settings.seeds:
            yield TransformerRun(
                kind_of_block(block), block, settings.along_width, largest, seed, mask=True
            )
