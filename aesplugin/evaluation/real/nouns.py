"""Words that mean the same thing, or a broader one: "bird" is right for a pelican.

A small table of everyday photo subjects, written for this project. It is no dictionary: a word
it does not know is only equal to itself.
"""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

_SAME: Final = {
    "aeroplane": "plane", "airplane": "plane", "aircraft": "plane", "jet": "plane",
    "automobile": "car", "motorbike": "motorcycle", "bike": "bicycle", "couch": "sofa",
    "ocean": "sea", "harbor": "harbour", "sidewalk": "pavement", "puppy": "dog", "kitten": "cat",
    "lorry": "truck", "lady": "woman", "guy": "man", "kid": "child", "baby": "child",
    "tv": "television", "coach": "bus", "rail": "track", "fog": "mist", "blossom": "flower",
    "seashore": "shore", "coast": "shore", "bunny": "rabbit",
    "locomotive": "train", "railcar": "train", "taxi": "cab",
}  # fmt: skip

_BROADER: Final = {
    "animal": "bird cat dog horse fish insect cow cattle sheep goat lamb pig deer elephant tiger "
    "lion leopard bear wolf fox rabbit squirrel monkey giraffe zebra buffalo camel whale dolphin "
    "seal otter bison moose gorilla ape donkey meerkat stingray "
    "snake lizard frog turtle crocodile spider kangaroo panda mouse hedgehog",
    "bird": "pelican pigeon dove duck goose swan gull seagull eagle owl hawk falcon heron stork "
    "flamingo penguin parrot hummingbird sparrow robin crow raven rooster hen chicken peacock "
    "kingfisher finch woodpecker ostrich",
    "cat": "tabby tomcat siamese",
    "dog": "spaniel terrier retriever labrador collie shepherd poodle bulldog beagle hound husky",
    "horse": "pony foal stallion mare",
    "fish": "shark ray salmon goldfish clownfish",
    "insect": "butterfly bee wasp fly dragonfly beetle ladybird ant moth grasshopper mantis",
    "person": "man woman child couple crowd family group bride groom rider driver cyclist runner "
    "player soldier sailor climber surfer skier dancer monk tourist snorkeler swimmer racer "
    "parachutist paraglider kitesurfer worker musician singer friend guard "
    "astronaut model passenger spectator",
    "man": "boy groom monk sailor",
    "woman": "girl bride",
    "child": "boy girl toddler",
    "face": "portrait selfie",
    "vehicle": "car bus truck van motorcycle bicycle train tram boat plane tractor scooter "
    "carriage jeepney ambulance helicopter trailer boxcar wagon",
    "car": "coupe convertible hatchback estate saloon sedan cab jeep limousine racecar corvette "
    "beetle roadster pickup",
    "truck": "pickup",
    "train": "tram underground metro",
    "boat": "ship sailboat tugboat yacht ferry canoe kayak raft rowboat gondola catamaran",
    "building": "house church castle temple tower skyscraper palace cathedral mosque farmhouse "
    "cottage cabin barn shed hotel restaurant cafe shop shopfront mausoleum museum hall station "
    "lighthouse pagoda ruin monastery chapel facade mansion villa hut theatre",
    "church": "cathedral chapel abbey",
    "flower": "rose tulip daisy sunflower poppy orchid lily forget-me-not dandelion lavender "
    "lotus iris peony daffodil bouquet cherry",
    "plant": "flower tree grass bush shrub cactus fern moss reed leaf hedge palm",
    "tree": "palm oak pine birch maple willow spruce fir",
    "forest": "wood woodland jungle",
    "water": "sea lake river stream pond pool waterfall wave fjord loch bay canal",
    "lake": "loch pond reservoir",
    "river": "stream canal brook",
    "sea": "fjord bay",
    "shore": "beach",
    "mountain": "hill peak cliff volcano ridge dome",
    "road": "street motorway path lane avenue track",
    "path": "trail lane",
    "city": "skyline town",
    "sky": "cloud sunset sunrise",
    "sun": "sunset sunrise",
    "sunset": "dusk",
    "food": "bread cake cheese fruit vegetable salad soup pizza burger sandwich meat spinach "
    "egg pasta rice dessert pancake cookie chocolate",
    "fruit": "apple orange banana lemon strawberry cherry grape pear berry tomato",
    "drink": "wine beer coffee tea juice whisky cocktail",
    "furniture": "sofa chair table bed desk shelf bench cupboard",
    "clothes": "shirt dress jacket jeans hat coat trousers sweater scarf uniform",
    "statue": "sculpture gargoyle bust",
}


def canonical(word: str) -> str:
    """One word for those that mean the same; `word` is lower case and singular."""
    return _SAME.get(word, word)


def covers(word: str, other: str) -> bool:
    """Whether `word` names what `other` names, or a kind of thing that it belongs to."""
    word, other = canonical(word), canonical(other)
    return word == other or other in _narrower(word)


@cache
def _narrower(word: str) -> frozenset[str]:
    """Every word that the table puts below `word`, at any depth."""
    direct = {canonical(one) for one in _BROADER.get(word, "").split()} - {word}
    return frozenset(direct.union(*map(_narrower, direct)))


_ENDS: Final = (
    "with without of in on at under over above below by behind before beside between among near "
    "against through across along around inside outside from to toward towards into onto and or "
    "that which who while during past after beneath amid up down as"
)
"""What follows is said about the noun, as in "a cat on a table"."""

_COLLECTIVES: Final = (
    "group pair row herd flock bunch crowd stack pile set series lot number kind close-up view "
    "glass bowl cup plate basket field piece slice"
)
"""With "of" after them, they are not what the phrase is about: "a herd of elephants"."""

_IRREGULAR: Final = {
    "men": "man", "women": "woman", "children": "child", "people": "person", "feet": "foot",
    "teeth": "tooth", "geese": "goose", "mice": "mouse", "leaves": "leaf", "wolves": "wolf",
    "knives": "knife", "shelves": "shelf", "buses": "bus", "tomatoes": "tomato",
    "potatoes": "potato", "cookies": "cookie", "clothes": "clothes", "glasses": "glasses",
}  # fmt: skip
_KEPT: Final = ("ss", "us", "is")  # "grass", "cactus", "iris": no plurals
_WORD: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def singular(word: str) -> str:
    """A noun's singular by its ending; wrong now and then, but the same on both sides."""
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if len(word) < 4 or word.endswith(_KEPT) or not word.endswith("s"):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    return word[:-1]


def words_of(phrases: Iterable[str]) -> frozenset[str]:
    """Every word of some phrases, lower case and singular."""
    return frozenset(singular(word) for phrase in phrases for word in _split(phrase))


def head_noun(phrase: str) -> str | None:
    """The noun that a phrase is about: "two brown cats on a table" is about "cat".

    None where the phrase has no word.
    """
    words = _split(phrase)
    first = next(
        (place for place, word in enumerate(words) if place and word in _ENDS.split()), None
    )
    if first is None:
        return singular(words[-1]) if words else None
    head, rest = singular(words[first - 1]), words[first + 1 :]
    if words[first] == "of" and head in _COLLECTIVES.split() and rest:
        return head_noun(" ".join(rest))
    return head


def names_any(phrase: str, words: Iterable[str]) -> bool:
    """Whether what the phrase is about is one of `words` (lower case, singular), or broader."""
    head = head_noun(phrase)
    return head is not None and any(covers(head, word) for word in words)


def _split(phrase: str) -> list[str]:
    return _WORD.findall(re.sub(r"['\u2019]s\b", "", phrase.lower()))
