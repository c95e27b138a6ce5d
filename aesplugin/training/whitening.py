"""A whitened PCA: the scorer's embedding, learnt without any label."""

import torch
from torch import Tensor
from torch.nn import functional as F


def whitening(x: Tensor, *, components: int) -> tuple[Tensor, Tensor]:
    """Weight [components, D] and bias [components] of the linear map that whitens rows [N, D].

    Features are standardised first; directions beyond the rank of the data give zeros.
    """
    mean, scale = x.mean(0).double(), x.std(0).double().clamp(min=1e-4)
    standard = (x.double() - mean) / scale
    values, vectors = _principal(standard, components)
    usable = values > 1e-6 * values[0]
    inverse = torch.where(usable, values.clamp(min=1e-12).rsqrt(), 0)
    weight = (vectors * inverse / scale[:, None]).T  # [components, D]
    # eigenvectors have no sign of their own: fix it, so that training repeats
    largest = weight.gather(1, weight.abs().argmax(1, keepdim=True))
    weight = weight * torch.where(largest < 0, -1.0, 1.0)
    return weight.float(), (-weight @ mean).float()


def _principal(standard: Tensor, components: int) -> tuple[Tensor, Tensor]:
    """Variances [components] and directions [D, components], largest first."""
    rows, width = standard.shape
    if rows > width:
        values, vectors = torch.linalg.eigh(standard.T @ standard / (rows - 1))
        return values.flip(0)[:components], vectors.flip(1)[:, :components]
    _, singular, transposed = torch.linalg.svd(standard, full_matrices=False)
    lacking = max(components - len(singular), 0)
    values = F.pad(singular.square() / max(rows - 1, 1), (0, lacking))[:components]
    return values, F.pad(transposed.T, (0, lacking))[:, :components]
