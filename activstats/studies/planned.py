"""One run of a study, before it is done: what it is called and what it asks for."""

from __future__ import annotations

from dataclasses import dataclass

from activstats.studies.kinds import LEARNERS, Kind


@dataclass(frozen=True)
class PlannedRun:
    """One run: a learner, what it is trained on, and how it is recorded.

    Parameters
    ----------
    kind : Kind
        What is trained, and on what.
    width : int
        Neurons of each hidden layer; 0 without hidden neurons.
    n_train : int
        Training samples; 0 for the untrained network.
    seed : int
        Of the initial weights and, unless `order` says otherwise, of the order of training.
    mask : bool
        Whether the recording keeps which samples activated a neuron, or only how many.
    along : bool
        Whether a fixed probe is also recorded along training.
    order : int, optional
        Number of another order of the training samples than that of the seed.
    depth : int
        Hidden layers; 0 without hidden neurons.
    parameter_budget : int
        Weights and biases that networks of every depth were given, nearly.
    """

    kind: Kind
    width: int
    n_train: int
    seed: int
    mask: bool = False
    along: bool = False
    order: int | None = None
    depth: int = 1
    parameter_budget: int = 0

    @property
    def name(self) -> str:
        """Identifier of the run and name of its folder.

        Examples
        --------
        >>> PlannedRun(Kind.TRAINED, 64, 16, 0).name
        'trained-w0064-n000016-s0'
        >>> PlannedRun(Kind.DEEP, 40, 16, 0, depth=2).name
        'deep-w0040-h2-n000016-s0'
        """
        kind = self.kind.replace(" ", "-")
        depth = f"-h{self.depth}" if self.kind is Kind.DEEP else ""
        order = "" if self.order is None else f"-o{self.order}"
        return f"{kind}-w{self.width:04d}{depth}-n{self.n_train:06d}-s{self.seed}{order}"

    @property
    def recording_name(self) -> str:
        """Name of the folder of the recording, empty if there is none."""
        return "" if self.kind in LEARNERS else self.name

    @property
    def along_name(self) -> str:
        """Name of the folder of the recording along training, empty if there is none."""
        return f"{self.name}-along" if self.along else ""
