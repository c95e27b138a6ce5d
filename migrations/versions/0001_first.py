"""The first catalog: photos, files, EXIF, answers of models, people's words, runs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Creates every table."""
    _photos()
    _files()
    _exif()
    _answers()
    _people()
    _runs()
    _decisions()


def _photos() -> None:
    op.create_table(
        "photos",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("pixel_hash", sa.Text(), nullable=False),
        sa.Column("perceptual_hash", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("format", sa.Text(), nullable=False),
        sa.Column("exif_problem", sa.Text(), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.Column("first_seen", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("content_hash", name="pk_photos"),
    )
    op.create_index("ix_photos_pixel_hash", "photos", ["pixel_hash"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        _of_photo("files"),
        sa.PrimaryKeyConstraint("path", name="pk_files"),
    )
    op.create_index("ix_files_content_hash", "files", ["content_hash", "path"])
    failed = sa.text("failure IS NOT NULL")
    op.create_index(
        "ix_files_failure", "files", ["failure"], sqlite_where=failed, postgresql_where=failed
    )


def _exif() -> None:
    op.create_table(
        "exif",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("taken_offset", sa.Double(), nullable=True),
        sa.Column("make", sa.Text(), nullable=True),
        sa.Column("model", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("lens", sa.Text(), nullable=True),
        sa.Column("exposure_time", sa.Double(), nullable=True),
        sa.Column("f_number", sa.Double(), nullable=True),
        sa.Column("iso", sa.BigInteger(), nullable=True),
        sa.Column("focal_length", sa.Double(), nullable=True),
        sa.Column("focal_length_35mm", sa.Double(), nullable=True),
        sa.Column("exposure_bias", sa.Double(), nullable=True),
        sa.Column("exposure_mode", sa.Text(), nullable=True),
        sa.Column("flash_fired", sa.Boolean(), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("altitude", sa.Double(), nullable=True),
        sa.Column("rating", sa.BigInteger(), nullable=True),
        sa.Column("burst_id", sa.Text(), nullable=True),
        sa.Column("sequence_number", sa.BigInteger(), nullable=True),
        _of_photo("exif"),
        sa.PrimaryKeyConstraint("content_hash", name="pk_exif"),
    )
    op.create_index("ix_exif_taken_at", "exif", ["taken_at"])
    op.create_index("ix_exif_camera", "exif", ["model", "taken_at", "content_hash"])


def _answers() -> None:
    op.create_table(
        "assessments",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("model_revision", sa.Text(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("score", sa.Double(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("suggestions", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("embedding", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("score >= 1 AND score <= 10", name="ck_assessments_score_range"),
        _of_photo("assessments"),
        sa.PrimaryKeyConstraint("content_hash", "model_revision", name="pk_assessments"),
    )
    op.create_index(
        "ix_assessments_rank", "assessments", ["model_revision", "score", "content_hash"]
    )
    op.create_table(
        "attempts",
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("model_revision", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("last_at", sa.DateTime(), nullable=False),
        _of_photo("attempts"),
        sa.PrimaryKeyConstraint("content_hash", "model_revision", name="pk_attempts"),
    )


def _people() -> None:
    op.create_table(
        "users",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_users"),
    )
    op.create_table(
        "preference_examples",
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("rating", sa.Integer(), nullable=True),
        sa.Column("favorite", sa.Boolean(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("stated_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("rating BETWEEN 1 AND 5", name="ck_preference_examples_rating_range"),
        _of_photo("preference_examples"),
        _of_user("preference_examples"),
        sa.PrimaryKeyConstraint("user_name", "content_hash", name="pk_preference_examples"),
    )


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(), nullable=False),
        sa.Column("finished_at", sa.DateTime(), nullable=True),
        sa.Column("undone_at", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
    )
    op.create_table(
        "publish_items",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.LargeBinary(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=True),
        sa.Column("before", sa.LargeBinary(), nullable=True),
        sa.Column("after_hash", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        _of_photo("publish_items"),
        _of_run("publish_items"),
        sa.PrimaryKeyConstraint("run_id", "path", name="pk_publish_items"),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_name", sa.Text(), nullable=False),
        sa.Column("content_hash", sa.Text(), nullable=False),
        sa.Column("choice", sa.Text(), nullable=False),
        sa.Column("stars", sa.Integer(), nullable=True),
        sa.Column("favorite", sa.Boolean(), nullable=False),
        sa.Column("decided_at", sa.DateTime(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("stars BETWEEN 0 AND 5", name="ck_decisions_stars_range"),
        _of_photo("decisions"),
        _of_run("decisions"),
        _of_user("decisions"),
        sa.PrimaryKeyConstraint("id", name="pk_decisions"),
    )
    op.create_index("ix_decisions_newest", "decisions", ["user_name", "content_hash", "id"])
    op.create_index("ix_decisions_run_id", "decisions", ["run_id"])


def _of_photo(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["content_hash"], ["photos.content_hash"], name=f"fk_{table}_content_hash"
    )


def _of_user(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["user_name"], ["users.name"], name=f"fk_{table}_user_name")


def _of_run(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=f"fk_{table}_run_id")
