"""The columns of the table of runs of the study of transformers."""

from __future__ import annotations

from activstats.studies.columns import MEANINGS as OF_TABLES

_OWN = {
    "width": "neurons of the MLP of every block; 0 for the learner without neurons",
    "depth": "blocks; 0 for the learner without neurons",
    "parameter_budget": "weights and biases; 0 for the learner without neurons",
    "n_train": "training tokens, D; 0 for untrained networks",
    "seed": "of the order of the documents, and of all that is random in the learner",
    "train_loss": "mean cross-entropy of the next character, on the training set",
    "n_features": "characters that a network sees at most",
    "n_classes": "different characters",
    "dataset": "name of the text",
}
MEANINGS = {
    **{name: _OWN.get(name, meaning) for name, meaning in OF_TABLES.items()},
    "block": "what the MLPs are: gated, relu or gelu; empty for the learner without neurons",
    "layers": "layers of neurons that were recorded",
}
COLUMNS = tuple(MEANINGS)
