"""Walks under a ceiling, gone through all samples at once."""

from __future__ import annotations

import torch
from torch.nn import functional


def walked(
    change: torch.Tensor, start: torch.Tensor, most: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Return where walks under a ceiling end, and the lowest point of each.

    Parameters
    ----------
    change : tensor of float, shape (n_samples, n_neurons)
        Steps: s becomes min(most, s + change).
    start, most : tensor of float, shapes (n_neurons,) and ()
        Where walks begin, and their ceiling.

    Returns
    -------
    end, lowest : tensor of float, shape (n_neurons,)

    Notes
    -----
    A run of steps takes s to min(c, s + d), and its lowest point is min(e, s + l). Two runs joined
    have d = d1 + d2, c = min(c1 + d2, c2), l = min(l1, d1 + l2), e = min(e1, e2, c1 + l2) (derived),
    so that runs of two, four, eight … samples follow from each other, without a loop over samples.
    """
    # Steps of zero at the end change nothing, and fill the last pairs.
    missing = (1 << (len(change) - 1).bit_length()) - len(change)
    d = functional.pad(change, (0, 0, 0, missing)) if missing else change
    if len(d) == 1:
        return torch.minimum(most, start + d[0]), torch.minimum(most, start + d[0])
    # Pairs of single samples meet one ceiling, and their lowest point under it is where they end.
    first, second = d[::2], d[1::2]
    d = first + second
    l = torch.minimum(first, d)  # noqa: E741  (as in the notes)
    c = e = torch.minimum(second + most, most)
    while len(d) > 1:
        d1, d2 = d[::2], d[1::2]
        met = c[::2] + l[1::2]
        c = torch.minimum(c[::2] + d2, c[1::2])
        l = torch.minimum(l[::2], d1 + l[1::2])  # noqa: E741
        e = torch.minimum(torch.minimum(e[::2], e[1::2]), met)
        d = d1 + d2
    return torch.minimum(c[0], start + d[0]), torch.minimum(e[0], start + l[0])
