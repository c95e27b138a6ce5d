"""Words that mean the same thing, or a broader one: "bird" is right for a pelican.

A small table of everyday photo subjects, written for this project. It is no dictionary: a word
it does not know is only equal to itself.
"""

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
