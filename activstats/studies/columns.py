"""The columns of a study's table of runs."""

from __future__ import annotations

# What a network was scored without: how the neurons were chosen by half of the recorded rows.
_WAYS = {
    "free": "neurons that none of them put among the top 1 % of the layer",
    "silent": "neurons whose output was above 0 for none of them",
    "random": "as many neurons at random as are free",
}
_HALVES = {"counted": "that half", "held_out": "the other half"}
_PRUNING = {
    name: meaning
    for way, words in _WAYS.items()
    for name, meaning in (
        (f"{way}_removed", f"share that are {words}"),
        *(
            (f"{way}_{half}_{name}", f"{what} on {where} without {words}")
            for half, where in _HALVES.items()
            for name, what in (("accuracy_drop", "accuracy lost"), ("loss_rise", "loss gained"))
        ),
    )
}
PRUNING = tuple(_PRUNING)

# Name and meaning. Losses are in nats a sample. What a kind of run does not have is missing (NaN)
# in columns of fractions, 0 in columns of whole numbers and empty in columns of text.
MEANINGS = {
    "run": "name of the run",
    "kind": "what was trained, and on what: see `Kind`",
    "width": "neurons of each hidden layer; 0 for learners without hidden neurons",
    "depth": "hidden layers; 0 for learners without hidden neurons",
    "n_parameters": "weights and biases; 0 for learners that have none",
    "parameter_budget": "weights and biases that networks of all depths were given, nearly",
    "n_train": "training samples, D; 0 for untrained networks",
    "seed": "of the training set, and of all that is random in the learner",
    "learning_rate": "of the optimiser",
    "steps": "of the optimiser",
    "best_step": "step of the checkpoint that is scored and recorded",
    "chosen": "hyper-parameters chosen on the validation split, in words",
    "probability_floor": "no class is given less; 0 where the learner needs no floor",
    "train_loss": "mean cross-entropy on the training set",
    "validation_loss": "mean cross-entropy on the validation split",
    "test_loss": "mean cross-entropy on the test split, at the checkpoint chosen by validation",
    "final_test_loss": "mean cross-entropy on the test split, after the last step",
    "train_accuracy": "share of the training set that is classified right",
    "validation_accuracy": "share of the validation split that is classified right",
    "test_accuracy": "share of the test split that is classified right",
    "test_brier": "Brier score on the test split, 0 to 2, at the checkpoint chosen by validation",
    "recording": "folder of the recording",
    "along_training": "whether the run was recorded along training, too",
    "along_recording": "folder of the recording along training",
    "dataset": "name of the table",
    "n_features": "features of a sample",
    "n_classes": "classes of the table",
    **_PRUNING,
}
COLUMNS = tuple(MEANINGS)
