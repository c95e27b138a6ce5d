"""Pseudo-captions: what the frozen encoder's own ImageNet classifier is sure of."""

import torch

from aesplugin.models.calm.encoder import Lite2Encoder
from aesplugin.models.calm.imagenet_names import class_names
from aesplugin.models.embedded.embedding import TASTE
from aesplugin.training.features.feature_set import FeatureSet


def contents(features: FeatureSet, *, sure: float) -> list[str | None]:
    """The content word of every row; None where the classifier's best share is below `sure`.

    Another encoder than EfficientNet-Lite2 has no classifier here, and no words. All versions
    of one photo carry the word of its first, clean version.
    """
    if features.levels.theme.shape[1] != TASTE:
        return [None] * len(features)
    classifier = Lite2Encoder()
    names = class_names()
    found: list[str | None] = []
    words: dict[str, str | None] = {}
    for row, version in enumerate(features.versions):
        if version.photo not in words:
            with torch.no_grad():
                shares = classifier.classify(features.batch([row])).softmax(-1)[0]
            best = int(shares.argmax())
            words[version.photo] = names[best] if float(shares[best]) >= sure else None
        found.append(words[version.photo])
    return found
