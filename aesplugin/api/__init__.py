"""aesplugin from Python. These names, and what is documented of them, stay from release to release.

    from aesplugin.api import Scorer, open_catalog

    with Scorer() as scorer:                                  # scores, and keeps nothing
        for photo in scorer.score(["IMG_0042.JPG", jpeg_bytes, pil_image]):
            print(photo.path, photo.state, photo.assessment and photo.assessment.score)

    with open_catalog("photos.sqlite3") as catalog:           # what the commands work on
        for photo in catalog.score(["~/Pictures/2026"]): ...
        best = catalog.rank(user="anna", limit=20)

Everything else in the package may change. Errors are `AesError`, each one line that says what is
wrong and what to do.
"""

from aesplugin.api.catalog import PhotoCatalog, open_catalog
from aesplugin.api.scorer import Scorer, Source
from aesplugin.assessment import Assessment, Attribute, Content, Flaw, Kind, Reason, Suggestion
from aesplugin.catalog.records import Entry, Run
from aesplugin.decision import Choice, Proposal
from aesplugin.errors import AesError
from aesplugin.photo import Exif, Photo, PhotoState
from aesplugin.services.culling.cull import Cull
from aesplugin.services.personal.explanations import RankedPhoto
from aesplugin.services.personal.prefer import Learnt
from aesplugin.services.publish import Published

__all__ = [
    "AesError",
    "Assessment",
    "Attribute",
    "Choice",
    "Content",
    "Cull",
    "Entry",
    "Exif",
    "Flaw",
    "Kind",
    "Learnt",
    "Photo",
    "PhotoCatalog",
    "PhotoState",
    "Proposal",
    "Published",
    "RankedPhoto",
    "Reason",
    "Run",
    "Scorer",
    "Source",
    "Suggestion",
    "open_catalog",
]
