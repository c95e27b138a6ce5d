import torch
from torch import Tensor

from aesplugin.models.calm.heads import CLEAN
from aesplugin.training.calm.calibrate import thresholds


def _world(photos: int = 400) -> tuple[Tensor, Tensor]:
    """Clean photos often look like the last flaw and never like the tenth."""
    generator = torch.Generator().manual_seed(0)
    clean = torch.randn(photos, CLEAN, generator=generator) - 6
    clean[:, -1] += 4
    rows, flaws = [clean], [torch.full((photos,), CLEAN)]
    for flaw in (10, 13):
        guilty = torch.randn(photos, CLEAN, generator=generator) - 6
        guilty[:, flaw] += 6
        rows.append(guilty)
        flaws.append(torch.full((photos,), flaw))
    return torch.cat(rows), torch.cat(flaws)


def _accused(lead: Tensor, flaw: Tensor, least: Tensor) -> float:
    return float((lead[flaw == CLEAN] >= least).any(dim=1).float().mean())


def _named(lead: Tensor, flaw: Tensor, least: Tensor, index: int) -> float:
    rows = lead[flaw == index]
    allowed = rows.masked_fill(rows < least, -torch.inf)
    found = (allowed.argmax(dim=1) == index) & allowed.max(dim=1).values.isfinite()
    return float(found.float().mean())


def test_no_more_clean_photos_are_accused_than_allowed() -> None:
    lead, flaw = _world()
    for most in (0.02, 0.1, 0.3):
        assert _accused(lead, flaw, thresholds(lead, flaw, accused=most)) <= most


def test_a_flaw_that_clean_photos_never_look_like_is_named_on_weak_evidence() -> None:
    lead, flaw = _world()
    least = thresholds(lead, flaw, accused=0.05)
    assert least[10] < least[13] - 1
    assert _named(lead, flaw, least, 10) > 0.95


def test_thresholds_name_more_than_one_threshold_for_all() -> None:
    lead, flaw = _world()
    most = 0.05
    single = torch.quantile(lead[flaw == CLEAN].amax(dim=1), 1 - most).expand(CLEAN)
    apart = thresholds(lead, flaw, accused=most)
    assert sum(_named(lead, flaw, apart, index) for index in (10, 13)) > sum(
        _named(lead, flaw, single, index) for index in (10, 13)
    )
