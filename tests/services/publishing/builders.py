"""Photos with answers, published: for the tests of sidecars."""

from pathlib import Path

from aesplugin.assessment import Assessment, Content, Flaw, Suggestion
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.records import IngestedFile, Run, RunKind
from aesplugin.photo import Exif, Photo
from aesplugin.services.pipeline.ingest import stamp_of
from aesplugin.services.publish import Published, Publisher, PublishOptions

REVISION = "fake-1"
ALL = PublishOptions(user="ada", ratings=True, labels=True, tags=True, description=True)


def put(
    catalog: Catalog,
    path: Path,
    number: int,
    *,
    score: float = 7.0,
    comment: str | None = "A calm picture.",
    content: Content | None = None,
) -> str:
    """A photo with an answer, without decoding anything; its file is made where there is none."""
    content_hash = f"{number:064x}"
    photo = Photo(
        content_hash=content_hash,
        perceptual_hash=number,
        width=30,
        height=20,
        format="JPEG",
        exif=Exif(),
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_bytes(b"photo %d" % number)
    stamp = stamp_of(str(path))
    assert stamp is not None
    catalog.record_photos([IngestedFile(stamp=stamp, photo=photo)])
    tilt = Suggestion(
        flaw=Flaw.TILTED_HORIZON, direction="rotate left", strength=0.5, advice="Rotate left."
    )
    catalog.record_assessments(
        [
            Assessment(
                content_hash=content_hash,
                model="fake",
                model_revision=REVISION,
                score=score,
                comment=comment,
                suggestions=(tilt,),
                content=content,
            )
        ]
    )
    return content_hash


def publish(publisher: Publisher, options: PublishOptions = ALL, **kw: bool) -> list[Published]:
    return list(publisher.publish(publisher.catalog.entries(REVISION), options, **kw))


def state(path: Path) -> tuple[int, ...]:
    """All that a write would change; reading, as this test does itself, moves the access time."""
    now = path.stat()
    return now.st_ino, now.st_mode, now.st_size, now.st_mtime_ns, now.st_ctime_ns


def runs_of(catalog: Catalog) -> list[Run]:
    """The runs of publishing, the last first."""
    return catalog.runs.latest(RunKind.PUBLISH, 100)
