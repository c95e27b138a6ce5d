"""The XMP fields we read or write, by name, and what a choice is called in each."""

from aesplugin.decision import Choice

NAMESPACE = "https://aesplugin.org/ns/1.0/"
PREFIXES = {
    "aes": NAMESPACE,
    "xmp": "http://ns.adobe.com/xap/1.0/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "lr": "http://ns.adobe.com/lightroom/1.0/",
    "digiKam": "http://www.digikam.org/ns/1.0/",
    "darktable": "http://darktable.sf.net/",
}


def name_of(short: str) -> str:
    """The Clark name of ``prefix:local``."""
    prefix, _, local = short.partition(":")
    return f"{{{PREFIXES[prefix]}}}{local}"


RATING = name_of("xmp:Rating")
LABEL = name_of("xmp:Label")
PICK_LABEL = name_of("digiKam:PickLabel")
COLOR_LABEL = name_of("digiKam:ColorLabel")
COLOR_LABELS = name_of("darktable:colorlabels")
SUBJECT = name_of("dc:subject")
HIERARCHY = name_of("lr:hierarchicalSubject")
TAGS_LIST = name_of("digiKam:TagsList")
DESCRIPTION = name_of("dc:description")
SUGGESTIONS = name_of("aes:Suggestions")
WROTE_RATING = name_of("aes:WroteRating")
WROTE_PICK = name_of("aes:WrotePick")
WROTE_LABEL = name_of("aes:WroteLabel")
WROTE_TAGS = name_of("aes:WroteTags")
FOUND_TAGS = name_of("aes:FoundTags")  # those last levels that a person's dc:subject held already
WROTE_KEYWORDS = name_of("aes:WroteKeywords")  # paths; all three fields hold each because of us
REMOVED_KEYWORDS = name_of("aes:RemovedKeywords")  # ours until a person removed them elsewhere
WROTE_DESCRIPTION = name_of("aes:WroteDescription")
OWN_TEXTS = tuple(
    name_of(f"aes:{local}")
    for local in (
        "Score",
        "PersonalScore",
        "User",
        "Comment",
        "Model",
        "ModelRevision",
        "ScoredAt",
        "WroteRating",
        "WrotePick",
        "WroteLabel",
        "WroteDescription",
    )
)
OWN_LISTS = (SUGGESTIONS, WROTE_TAGS, FOUND_TAGS, WROTE_KEYWORDS, REMOVED_KEYWORDS)
TEXTS = (*OWN_TEXTS, RATING, LABEL, PICK_LABEL, COLOR_LABEL)
LISTS = (*OWN_LISTS, COLOR_LABELS, SUBJECT, HIERARCHY, TAGS_LIST, DESCRIPTION)

# A choice as digiKam's pick label, a colour's name, digiKam's and darktable's number for it.
MARKS = {Choice.PICK: ("3", "Green", "4", "2"), Choice.REJECT: ("1", "Red", "1", "0")}


def short(name: str) -> str:
    """A Clark name as people write it: ``prefix:local``."""
    uri, _, local = name.removeprefix("{").partition("}")
    prefix = next(prefix for prefix, known in PREFIXES.items() if known == uri)
    return f"{prefix}:{local}"
