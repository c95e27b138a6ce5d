"""Rows as each revision of the tables held them, written without today's code."""

from typing import Any

from sqlalchemy import text

from aesplugin.assessment import Flaw
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import Database
from aesplugin.decision import Choice
from aesplugin.photo import PhotoState

_HASH = "ab" * 32
_TIME = "2026-01-02 03:04:05.000006"
_PATH = b"/photos/\xff.jpg"

DATA: dict[str, dict[str, Any]] = {  # by revision and table: a row, or several
    "0001": {
        "photos": {
            "content_hash": _HASH,
            "pixel_hash": "cd" * 32,
            "perceptual_hash": -1,
            "width": 6000,
            "height": 4000,
            "format": "JPEG",
            "attributes": '{"exposure": {"value": -1.5, "unit": "EV", "verdict": "poor"}}',
            "first_seen": _TIME,
        },
        "files": {
            "path": _PATH,
            "display": "/photos/?.jpg",
            "content_hash": _HASH,
            "size": 2**33,
            "mtime_ns": 1_700_000_000_123_456_789,
            "seen_at": _TIME,
        },
        "exif": {"content_hash": _HASH, "taken_at": _TIME, "taken_offset": 3600.0, "iso": 400},
        "assessments": {
            "content_hash": _HASH,
            "model_revision": "m-1",
            "model": "m",
            "score": 7.25,
            "comment": "calm",
            "suggestions": '[{"flaw": "noise", "direction": "denoise", "strength": 0.5,'
            ' "advice": "Reduce noise."}]',
            "created_at": _TIME,
            "embedding": b"\x00\x3c",
        },
        "attempts": {
            "content_hash": _HASH,
            "model_revision": "m-2",
            "attempts": 3,
            "reason": "no answer",
            "last_at": _TIME,
        },
        "users": {"name": "ann", "created_at": _TIME},
        "preference_examples": {
            "user_name": "ann",
            "content_hash": _HASH,
            "rating": 4,
            "source": "user",
            "stated_at": _TIME,
        },
        "runs": {"kind": "publish", "note": "", "started_at": _TIME},
        "decisions": {
            "user_name": "ann",
            "content_hash": _HASH,
            "choice": "pick",
            "stars": 5,
            "favorite": True,
            "decided_at": _TIME,
            "run_id": 1,
        },
        "publish_items": {
            "run_id": 1,
            "path": _PATH + b".xmp",
            "before": b"old",
            "after_hash": "ef" * 32,
            "written_at": _TIME,
        },
    },
}
DATA["0002"] = DATA["0001"]  # no column changed: an index, and a row of `exif` for every photo
DATA["0003"] = DATA["0002"] | {
    "assessments": DATA["0002"]["assessments"]
    | {
        "uncertainty": 0.75,
        "kind": "document",
        "content": '{"subject": "a receipt", "keywords": ["paper", "print"]}',
        "reasons": '[{"text": "plain light", "points": -0.5}]',
        "suggestions": '[{"flaw": "noise", "direction": "denoise", "strength": 0.5,'
        ' "advice": "Reduce noise.", "amount": 2.5}]',
    }
}
DATA["0004"] = DATA["0003"] | {
    "steps": {"id": "5e1f", "taken_at": _TIME, "run_id": 1},
    "taken_back": {
        "id": 2,
        "user_name": "ann",
        "content_hash": _HASH,
        "choice": "reject",
        "favorite": False,
        "decided_at": _TIME,
        "run_id": 1,
    },
}
DATA["0005"] = DATA["0004"] | {
    "photos": DATA["0004"]["photos"] | {"note": "HDR (PQ) tone-mapped to the look of SDR"}
}
DATA["0006"] = DATA["0005"] | {
    table: DATA["0005"][table] | {"words": "choice,stars"} for table in ("decisions", "taken_back")
}
DATA["0007"] = DATA["0006"] | {
    "files": DATA["0006"]["files"] | {"changed_ns": 1_700_000_000_123_456_789, "inode": -1},
    "publish_items": DATA["0006"]["publish_items"] | {"found_at": _TIME},
}


DATA["0008"] = DATA["0007"] | {
    "sidecar_readings": {
        "user_name": "ann",
        "content_hash": _HASH,
        "rating": 4,
        "written_at": _TIME,
    },
    "publish_items": DATA["0007"]["publish_items"] | {"put_back_hash": _HASH},
}
DATA["0009"] = DATA["0008"] | {
    "photos": {k: v for k, v in DATA["0008"]["photos"].items() if k != "pixel_hash"}
}
_OLD = ("preference_examples", "decisions", "taken_back", "runs")
_JUDGEMENT = {"user_name": "ann", "content_hash": _HASH, "stated_at": _TIME}
DATA["0010"] = {
    "runs": [
        {"kind": "publish", "note": "", "started_at": _TIME},
        {"kind": "decide", "note": "", "started_at": _TIME, "undone_at": _TIME},
    ],
    **{name: row for name, row in DATA["0009"].items() if name not in _OLD},
    "judgements": [
        _JUDGEMENT | {"choice": "pick", "stars": 5, "favorite": True, "source": "decide"},
        _JUDGEMENT | {"choice": "reject", "source": "decide", "run_id": 2},
        _JUDGEMENT | {"stars": 4, "source": "user"},
    ],
}
DATA["0011"] = DATA["0010"] | {
    "faces": {
        "content_hash": _HASH,
        "reader_revision": "1",
        "faces": '[{"box": [0.25, 0.25, 0.5, 0.5], "confidence": 0.9, "width": 1500.0,'
        ' "measured_width": 240.0, "eyes": "open", "openness": 0.3, "sharpness": 0.2,'
        ' "brightness": 0.5}]',
        "read_at": _TIME,
    }
}
DATA["0012"] = DATA["0011"] | {
    "searchable": {"content_hash": _HASH, "model_revision": "", "shown": " old ", "told": ""},
    "known_words": {"word": "old"},
}
DATA["0013"] = DATA["0012"] | {
    "runs": [
        *DATA["0012"]["runs"],
        {"kind": "group", "note": "", "started_at": _TIME},
    ],
    "hand_groups": {"run_id": 3, "user_name": "ann", "part": 1, "content_hash": _HASH},
}
DATA["0014"] = DATA["0013"] | {
    "saved_filters": {
        "user_name": "ann",
        "name": "Best",
        "query": "stars=4",
        "saved_at": _TIME,
    },
}


def fill(database: Database, revision: str) -> None:
    """Stores the rows of a revision."""
    with database.writing() as connection:
        for table, rows in DATA[revision].items():
            for row in rows if isinstance(rows, list) else [rows]:
                names, marks = ", ".join(row), ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), row)


def check(catalog: Catalog) -> None:
    """All of them can be read by today's code."""
    entry = catalog.entry("/photos/\udcff.jpg", "m-1")
    assert entry is not None
    assert entry.state is PhotoState.ASSESSED
    assert entry.photo is not None
    assert entry.photo.perceptual_hash == 2**64 - 1
    assert entry.photo.exif.iso == 400
    assert entry.photo.exif.taken_at is not None
    assert entry.photo.exif.taken_at.isoformat() == "2026-01-02T03:04:05.000006+01:00"
    assert entry.attributes["exposure"].value == -1.5
    assert entry.assessment is not None
    assert (entry.assessment.score, entry.assessment.comment) == (7.25, "calm")
    assert entry.assessment.suggestions[0].flaw is Flaw.NOISE
    assert catalog.embeddings("m-1", [_HASH]) == {_HASH: b"\x00\x3c"}
    assert catalog.known_files("m-2")["/photos/\udcff.jpg"].state is PhotoState.QUARANTINED
    assert [p.rating for p in catalog.people.preferences("ann")] == [4]
    decision = catalog.people.decisions("ann")[_HASH]
    assert (decision.choice, decision.stars, decision.favorite) == (Choice.PICK, 5, True)
    assert [item.before for item in catalog.runs.published(1)] == [b"old"]
