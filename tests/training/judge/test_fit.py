import numpy as np

from aesplugin.models.judge.features import block_widths
from aesplugin.training.judge.fit import (
    COMPONENTS,
    SHARES,
    Fit,
    Numbers,
    Rows,
    fit_votes,
    groups_of,
)

_PHOTOS, _TARGETS = 12, 4


def _rows(targets: Numbers | None = None) -> Rows:
    """Twelve photos of random blocks, the last four copies of the first; three sources."""
    rng = np.random.default_rng(0)
    blocks = {
        name: rng.normal(size=(_PHOTOS, width)).astype(np.float16)
        for name, width in block_widths().items()
    }
    if targets is None:
        targets = rng.normal(5, 1, (_PHOTOS, _TARGETS)).astype(np.float32)
        targets[8:, 0] = np.nan
        targets[:, 3] = np.nan
    return Rows(
        blocks=blocks,
        targets=targets,
        votes=rng.uniform(1, 10, _PHOTOS),
        copies=np.arange(_PHOTOS) >= 8,
        photo=np.arange(_PHOTOS) % 8,
        source=np.array(["a", "b", "c"])[np.arange(_PHOTOS) % 3],
        fold=np.arange(_PHOTOS) % 2,
    )


def test_every_block_has_a_share_and_components() -> None:
    assert list(SHARES) == list(COMPONENTS) == list(block_widths())


def test_with_hardly_any_penalty_the_targets_come_back() -> None:
    rows = _rows()
    fit = Fit(rows, penalty=1e-6, copy_penalty=1e-6)
    duals, offsets = fit.solve(rows.targets, np.ones(_PHOTOS, bool))
    found = fit.predict(duals, offsets, np.arange(_PHOTOS))
    known = ~np.isnan(rows.targets)
    np.testing.assert_allclose(found[known], rows.targets[known], atol=1e-3)
    assert np.isfinite(found[:, :3]).all()
    assert np.isnan(offsets[3]) and (duals[:, 3] == 0).all()


def test_the_module_says_what_the_fit_does() -> None:
    rows = _rows()
    fit = Fit(rows)
    fit.heads.duals, fit.heads.offsets = fit.solve(rows.targets, np.ones(_PHOTOS, bool))
    targets, nearness = fit.heads(
        {name: block.astype(np.float32) for name, block in rows.blocks.items()}
    )
    told = fit.predict(fit.heads.duals, fit.heads.offsets, np.arange(_PHOTOS))
    np.testing.assert_allclose(targets[:, :3], told[:, :3], atol=1e-3)
    assert nearness.shape == (_PHOTOS,)


def test_penalties_pull_toward_the_mean_and_copies_are_trusted_less() -> None:
    rows = _rows()
    everything = np.ones(_PHOTOS, bool)

    def misses(penalty: float, copy_penalty: float) -> Numbers:
        fit = Fit(rows, penalty=penalty, copy_penalty=copy_penalty)
        found = fit.predict(*fit.solve(rows.targets, everything), np.arange(_PHOTOS))
        return np.abs(found - rows.targets)[:, 1]

    few, many = misses(0.01, 1.0), misses(1.0, 0.01)
    assert few[:8].mean() < few[8:].mean()
    assert many[:8].mean() > many[8:].mean()


def test_a_group_is_never_judged_by_itself() -> None:
    rows = _rows()
    before, near = Fit(rows).held_out(rows.source)
    spoilt = rows.targets.copy()
    mine = rows.source == "b"
    spoilt[mine] += 100
    after, same = Fit(_rows(spoilt)).held_out(rows.source)
    np.testing.assert_allclose(after[mine][:, :3], before[mine][:, :3], atol=1e-4)
    assert np.abs(after[~mine][:, :3] - before[~mine][:, :3]).min() > 1
    np.testing.assert_array_equal(near, same)
    assert (near > 0).all() and (near < 1).all()


def test_a_group_alone_has_nobody_to_judge_it() -> None:
    rows = _rows()
    found, near = Fit(rows).held_out(np.full(_PHOTOS, "one"))
    assert np.isnan(found).all() and len(near) == _PHOTOS


def test_rows_left_out_weigh_nothing() -> None:
    rows = _rows()
    duals, _ = Fit(rows).solve(rows.targets, rows.fold == 0)
    assert (duals[1::2] == 0).all() and (duals[::2, 1] != 0).all()


def test_sources_are_folders() -> None:
    names = ["oasis/images/a.jpg", "oasis/images/b.jpg", "camera/c.jpg"]
    assert groups_of(names).tolist() == ["oasis/images", "oasis/images", "camera"]


def test_a_vote_head_never_saw_its_fold() -> None:
    rows = _rows()
    head = fit_votes(rows.blocks, rows.votes, rows.fold, 2)
    other = rows.votes.copy()
    other[rows.fold == 1] += 3
    again = fit_votes(rows.blocks, other, rows.fold, 2)
    votes = {name: block.astype(np.float32) for name, block in rows.blocks.items()}
    before, after = head(votes), again(votes)
    np.testing.assert_allclose(after[:, 2], before[:, 2], atol=1e-4)
    assert np.abs(after[:, 0] - before[:, 0]).max() > 0.1
    assert np.corrcoef(before[:, 0], rows.votes)[0, 1] > 0.9
