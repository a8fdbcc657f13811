"""The kinds of runs that a study is made of."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What was trained in a run, and on what.

    - trained, untrained, random labels: networks of one hidden layer, and the two controls.
    - same start: trained like the others, from the initial weights of a trained run but in other
      orders of the samples.
    - deep: trained like the others, with several hidden layers and as many parameters as one of the
      trained networks.
    - gated blocks, relu blocks, gelu blocks: transformers trained like the others, with MLPs of another
      kind.
    - linear softmax, nearest neighbours, random forest: learners that have no hidden neurons, on the
      same training sets. They are not recorded.
    """

    TRAINED = "trained"
    UNTRAINED = "untrained"
    RANDOM_LABELS = "random labels"
    SAME_START = "same start"
    DEEP = "deep"
    GATED_BLOCKS = "gated blocks"
    RELU_BLOCKS = "relu blocks"
    GELU_BLOCKS = "gelu blocks"
    LINEAR = "linear softmax"
    NEIGHBOURS = "nearest neighbours"
    FOREST = "random forest"


LEARNERS = (Kind.LINEAR, Kind.NEIGHBOURS, Kind.FOREST)
