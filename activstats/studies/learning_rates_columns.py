"""The columns of the runs table of the study of learning rates."""

from __future__ import annotations

# Name and meaning. What a run does not have is missing. Columns that begin with `epoch_` hold a list
# with a number for each epoch, those that begin with `neuron_` one for each hidden neuron.
MEANINGS = {
    "run": "name of the run",
    "recording": "folder of the recording: hidden layers on the test split, after the last step",
    "parameters": "folder of the recording of weights and biases along the training, of the first "
    "seeds; empty for the others",
    "task": "autoencoder or classifier",
    "optimizer": "adam, or sgd without momentum",
    "learning_rate": "of the optimiser",
    "seed": "of the initial weights and the order of the batches",
    "steps": "of the optimiser",
    "diverged": "whether the loss ceased to be finite before the end",
    "train_loss": "after the last step; of the autoencoder mean squared error, in pixel variances",
    "validation_loss": "after the last step",
    "test_loss": "after the last step",
    "test_accuracy": "share of the test split that is classified right, of the classifier alone",
    "fluctuation_late": "root mean square over all weights and biases of their SD around a line, in "
    "the late window",
    "fluctuation_whole": "the same over the whole run",
    "relative_late": "fluctuation_late over the root mean square of the weights",
    "drift_late": "root mean square change of the line over the late window",
    "drift_whole": "the same over the whole run",
    "spread_of_spread_late": "mean over layers of the SD over neurons of the SD over a neuron's "
    "weights of their temporal SDs",
    "spread_of_spread_whole": "the same over the whole run",
    "mean_spread_late": "mean over layers of the mean over neurons of that inner SD",
    "spread_of_means_late": "mean over layers of the SD over neurons of a neuron's mean temporal SD",
    "spread_of_all_late": "mean over layers of the SD over all weights of their temporal SDs",
    "relative_spread_late": "mean over layers of spread_of_spread over the mean temporal SD",
    "gradient_fluctuation": "as fluctuation_late, of the gradients of batches",
    "activation_fluctuation": "as fluctuation_late, of hidden activations of fixed test samples",
    "firing_rate": "mean over hidden neurons of the share of test samples that they fire for",
    "dead_share": "share of hidden neurons that fire for none",
    "always_on_share": "share of hidden neurons that fire for all",
    "epoch_train_loss": "after each epoch",
    "epoch_validation_loss": "after each epoch",
    "epoch_test_loss": "after each epoch",
    "epoch_fluctuation": "in the sliding window that ends with the epoch; missing before the first",
    "neuron_firing": "share of test samples that each hidden neuron fires for",
    "neuron_fluctuation": "fluctuation of the weights that lead to each hidden neuron, late window",
}
COLUMNS = tuple(MEANINGS)
