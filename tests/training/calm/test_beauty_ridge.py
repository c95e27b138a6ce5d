import torch

from aesplugin.models.calm.heads import Beauty, to_score
from aesplugin.training.calm.beauty_ridge import Copies, Ridge, Standard, teach


def _world(photos: int = 120) -> tuple[torch.Tensor, list[int], torch.Tensor, list[int]]:
    """A narrow block that decides the score, and a wide one of noise."""
    generator = torch.Generator().manual_seed(0)
    told = torch.randn(photos, 3, generator=generator)
    noise = torch.randn(photos, 300, generator=generator)
    scores = 5.5 + told @ torch.tensor([1.0, -0.5, 0.3])
    return torch.cat([told, noise], 1), [3, 300], scores, [n % 4 for n in range(photos)]


def _agreement(one: torch.Tensor, two: torch.Tensor) -> float:
    return float(torch.corrcoef(torch.stack([one, two]))[0, 1])


def test_blocks_weigh_the_same_however_wide() -> None:
    inputs, blocks, _, _ = _world()
    scaled = Standard.of(inputs, blocks)(inputs)
    sizes = scaled.split(blocks, dim=1)
    narrow, wide = (float((part**2).sum(1).mean()) for part in sizes)
    assert abs(narrow - wide) < 0.1 * wide


def test_unseen_scores_leave_the_fold_out() -> None:
    inputs, blocks, scores, folds = _world()
    taught = teach(inputs, blocks, scores, folds)
    assert _agreement(taught.unseen, scores) > 0.7
    shuffled = scores[torch.randperm(len(scores), generator=torch.Generator().manual_seed(1))]
    lost = teach(inputs, blocks, shuffled, folds)
    assert abs(_agreement(lost.unseen, shuffled)) < 0.3  # memory would show here
    assert _agreement(taught.all(taught.standard(inputs)), scores) > 0.9


def test_the_head_says_what_the_ridges_say() -> None:
    inputs, blocks, scores, folds = _world()
    taught = teach(inputs, blocks, scores, folds)
    beauty = Beauty(inputs.shape[1], folds=4)
    taught.hand_to(beauty)
    said = to_score(beauty(inputs))
    assert torch.allclose(said[:, 0], taught.all(taught.standard(inputs)).clamp(1, 10), atol=1e-3)
    mine = said[torch.arange(len(folds)), 1 + torch.tensor(folds)]
    assert _agreement(mine, taught.unseen) > 0.999


def test_many_photos_and_few_features_give_the_same_ridge() -> None:
    inputs, blocks, scores, _ = _world()
    scaled = Standard.of(inputs, blocks)(inputs)
    few, many = scaled[:, :3], scaled
    for some in (few, many):  # solved in features, and in photos
        ridge = Ridge.fit(some, scores, penalty=0.5)
        left = (scores - ridge(some)).double() @ some.double()
        assert torch.allclose(left, 0.5 * ridge.weights.double(), atol=1e-3)


def test_estimates_use_the_scale_as_votes_do() -> None:
    inputs, blocks, scores, folds = _world()
    unseen = teach(inputs, blocks, scores, folds).unseen
    assert abs(float(unseen.std() / scores.std()) - 1) < 0.01


def test_flawed_copies_lose_though_votes_would_like_them_better() -> None:
    """A copy is a little more of what votes like, and shows a mark that no vote speaks of."""
    inputs, blocks, scores, folds = _world()
    changed = inputs.clone()
    changed[:, 0] += 0.4
    changed[:, 3:] += 1
    copies = Copies(changed, torch.arange(len(inputs)), torch.full((len(inputs),), 0.5))
    unseen = {}
    for name, given in (("votes", None), ("copies", copies)):
        taught = teach(inputs, blocks, scores, folds, given)
        first = torch.tensor(folds) == 0  # judged by the ridge that saw neither them nor copies
        ridge, standard = taught.folds[0], taught.standard
        won = ridge(standard(inputs[first])) > ridge(standard(changed[first]))
        unseen[name] = float(won.float().mean())
        assert _agreement(taught.unseen, scores) > 0.6
    assert unseen["votes"] < 0.2
    assert unseen["copies"] > 0.8


def test_a_fold_leaves_its_photos_copies_out() -> None:
    copies = Copies(
        torch.zeros(4, 2), torch.tensor([0, 0, 1, 2]), torch.tensor([0.1, 0.2, 0.3, 0.4])
    )
    kept = copies.among(torch.tensor([False, True, True]))
    assert kept.photo.tolist() == [1, 2] and kept.severity.tolist() == [
        copies.severity[2],
        copies.severity[3],
    ]
