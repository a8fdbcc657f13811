"""What the study of transformers says of itself in its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activstats.studies.transformer_settings import GATED, GELU, RELU
from activstats.studies.transformer_text import N_TOKENS

if TYPE_CHECKING:
    from activstats.studies.transformer_data import TextSplits
    from activstats.studies.transformer_settings import TransformerSettings
    from activstats.studies.transformer_text import Text

_BLOCKS = {
    GATED: "gated (SiLU of a gate times up)",
    RELU: "ReLU",
    GELU: "GELU",
}


def about(
    text: Text, splits: TextSplits, settings: TransformerSettings, sizes: tuple[int, ...]
) -> dict[str, str]:
    """Return label and words of what the report says of data, networks, splits and sizes."""
    characters = f"{sum(map(len, text.documents)):,}".replace(",", " ")
    return {
        "Data": f"{text.source}: {len(text.documents)} documents of {characters} characters in all, "
        f"{N_TOKENS} different tokens, one a character",
        "Networks": f"character-level transformers, {settings.depth} blocks with the normalisation in "
        f"front, {settings.features} features, {settings.heads} heads of causal attention, windows of "
        f"{settings.context} tokens; MLPs {_BLOCKS[settings.block]}, and in runs beside them "
        + (", ".join(_BLOCKS[one] for one in settings.compared) or "no others")
        + ". The neurons are what goes into the last linear layer of each MLP (down:in): of a gated "
        "block the product, which can be negative; a top share takes its largest values with sign",
        "Training": f"Adam at {settings.learning_rate:g}, batches of {settings.batch_size} windows, "
        f"{settings.steps} steps for every run; the checkpoint with the lowest validation loss, looked "
        f"for at each of the first {settings.validation_every} steps and every "
        f"{settings.validation_every} from there",
        "Splits": f"by whole documents, the same for all runs: about "
        f"{100 * (1 - settings.validation_share - settings.test_share):.0f} % of the characters to "
        f"train on, {100 * settings.validation_share:.0f} % validation, "
        f"{100 * settings.test_share:.0f} % test, of which {splits.validation.n_tokens} and "
        f"{splits.test.n_tokens} tokens are scored",
        "Choice of the sizes": _sizes(settings, sizes),
        "Probe": f"the beginnings of all documents, {len(splits.probe)} windows, documents in a random "
        "order and text in its own",
        "Controls": "Networks on random labels are trained on the same characters in a random order, in "
        "which nothing says what comes next. Linear softmax: frequencies after the previous character",
    }


def _sizes(settings: TransformerSettings, sizes: tuple[int, ...]) -> str:
    if settings.sizes:
        return f"given, {sizes[0]} to {sizes[-1]} tokens"
    return (
        f"those that the advice on designs gives for {settings.runs} networks of a width between "
        f"{sizes[0]} and {sizes[-1]} tokens, whole windows, where N/c = 100 is guessed, which the rule "
        "top 1 % fixes; tokens are no independent samples, so that the advice is on the bold side"
    )
