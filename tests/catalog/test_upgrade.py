"""Every revision with data in it, the backup before, and what is refused."""

import os
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import aesplugin.catalog.partial_indexes  # noqa: F401 - adds them to the metadata
from aesplugin.assessment import Content, Kind, Reason
from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.engine import Database, connect
from aesplugin.catalog.filters import Filters, Order
from aesplugin.catalog.search.conditions import INDEX
from aesplugin.catalog.tables import SCHEMA_REVISION, metadata
from aesplugin.catalog.upgrade import SCRIPTS, prepare
from aesplugin.errors import CatalogDamaged, CatalogError, CatalogTooNew
from aesplugin.photo import PhotoState
from tests.catalog.children import all_at_once
from tests.catalog.revisions import DATA, check, fill
from tests.catalog.samples import REVISION, assessment, ingested

NEXT = "next"  # a made-up revision after the newest
REBUILDS = """
how = "always" if op.get_bind().dialect.name == "sqlite" else "never"
    with op.batch_alter_table("photos", recreate=how) as batch:  # though others refer to it
        batch.add_column(sa.Column("grade", sa.Integer(), nullable=False, server_default="7"))
"""
FAILS = """
op.add_column("photos", sa.Column("grade", sa.Integer()))
    op.execute("INSERT INTO no_such_table VALUES (1)")
"""


def revisions() -> list[str]:
    """All revisions, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in scripts][::-1]


def scripts_with(folder: Path, body: str) -> Path:
    """The real scripts and one more."""
    scripts = folder / "100% migrations"
    shutil.copytree(SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / "next.py").write_text(
        f"import sqlalchemy as sa\nfrom alembic import op\n\nrevision = {NEXT!r}\n"
        f"down_revision = {SCHEMA_REVISION!r}\n\n\ndef upgrade() -> None:\n    {body.strip()}\n"
    )
    return scripts


def revision_of(database: Database) -> str:
    with database.reading() as connection:
        return str(connection.execute(text("SELECT version_num FROM alembic_version")).scalar())


def backups(target: str) -> list[Path]:
    file = Path(target)
    return sorted(file.parent.glob(f"{file.name}*backup*")) if file.exists() else []


def test_the_newest_script_is_the_revision_the_tables_name() -> None:
    assert revisions()[-1] == SCHEMA_REVISION


def _is_ours(name: str | None, kind: str, _: object) -> bool:
    """Not one of those in which SQLite keeps its word index."""
    return kind != "table" or not str(name).startswith(INDEX)


def test_the_scripts_make_the_tables_the_code_knows(catalog: Catalog) -> None:
    with catalog._database.reading() as connection:
        options = {"compare_type": True, "include_name": _is_ours}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("revision", revisions())
def test_data_of_every_revision_survives_to_the_newest(target: str, revision: str) -> None:
    assert revision in DATA, "add rows of the new revision to tests/catalog/revisions.py"
    database = connect(target)
    prepare(database, revision)
    fill(database, revision)
    database.close()
    with Catalog.open(target) as catalog:
        check(catalog)
    assert bool(backups(target)) == (revision != SCHEMA_REVISION and Path(target).exists())


def test_photos_without_exif_are_in_the_order_by_time_after_0002(target: str) -> None:
    database = connect(target)
    prepare(database, "0001")
    fill(database, "0001")
    with database.writing() as connection:
        connection.execute(text("DELETE FROM exif"))
    database.close()
    with Catalog.open(target) as catalog:
        for order in (Order.NEWEST, Order.OLDEST):
            assert len(catalog.gallery.hashes("m-1", Filters(), order)) == 1


def test_answers_from_before_0003_have_nothing_of_what_came_with_it(target: str) -> None:
    database = connect(target)
    prepare(database, "0002")
    fill(database, "0002")
    database.close()
    with Catalog.open(target) as catalog:
        entry = catalog.entry("/photos/\udcff.jpg", "m-1")
        assert entry is not None and entry.assessment is not None
        found = entry.assessment
        assert (found.uncertainty, found.content, found.reasons) == (None, None, None)
        assert found.suggestions[0].amount is None
        assert catalog.not_photos("m-1") == []
        with pytest.raises(CatalogError), catalog._database.writing() as connection:
            connection.execute(text("UPDATE assessments SET score = 11"))


def test_what_0003_keeps_is_read_back(target: str) -> None:
    database = connect(target)
    prepare(database, "0003")
    fill(database, "0003")
    database.close()
    with Catalog.open(target) as catalog:
        entry = catalog.entry("/photos/\udcff.jpg", "m-1")
        assert entry is not None and entry.assessment is not None
        found = entry.assessment
        assert found.uncertainty == 0.75
        assert found.content == Content(
            kind=Kind.DOCUMENT, subject="a receipt", keywords=("paper", "print")
        )
        assert found.reasons == (Reason(text="plain light", points=-0.5),)
        assert found.suggestions[0].amount == 2.5


def test_photos_from_before_0011_were_not_searched_for_faces(target: str) -> None:
    for revision, count in (("0010", None), ("0011", 1)):
        database = connect(target)
        prepare(database, revision)
        if revision == "0010":
            fill(database, revision)
        else:
            with database.writing() as connection:
                row = DATA["0011"]["faces"]
                marks = ", ".join(f":{name}" for name in row)
                connection.execute(text(f"INSERT INTO faces VALUES ({marks})"), row)
        database.close()
        with Catalog.open(target) as catalog:
            entry = catalog.entry("/photos/\udcff.jpg", "m-1")
            assert entry is not None
            assert (None if entry.faces is None else len(entry.faces)) == count


def test_an_upgrade_that_rebuilds_a_table_keeps_every_row(target: str, tmp_path: Path) -> None:
    database = connect(target)
    prepare(database)
    fill(database, SCHEMA_REVISION)
    prepare(database, NEXT, scripts_with(tmp_path, REBUILDS))
    assert revision_of(database) == NEXT
    with database.reading() as connection:
        assert connection.execute(text("SELECT grade FROM photos")).scalars().all() == [7]
    check(Catalog(database))
    database.close()


def test_an_upgrade_leaves_a_copy_of_the_catalog_before_it(
    sqlite_file: Path, tmp_path: Path
) -> None:
    database = connect(sqlite_file)
    fill(database, SCHEMA_REVISION)
    prepare(database, NEXT, scripts_with(tmp_path, REBUILDS))
    database.close()
    copy = sqlite_file.with_name(f"{sqlite_file.name}.{SCHEMA_REVISION}.backup")
    assert backups(str(sqlite_file)) == [copy]
    with Catalog.open(copy) as catalog:
        check(catalog)
    assert revision_of(connect(copy)) == SCHEMA_REVISION


def test_a_second_copy_does_not_replace_the_first(sqlite_file: Path, tmp_path: Path) -> None:
    scripts = scripts_with(tmp_path, REBUILDS)
    original = sqlite_file.read_bytes()
    for _ in range(2):
        sqlite_file.write_bytes(original)  # the user went back
        database = connect(sqlite_file)
        prepare(database, NEXT, scripts)
        database.close()
    names = [path.name.removeprefix(sqlite_file.name) for path in backups(str(sqlite_file))]
    assert names == [f".{SCHEMA_REVISION}-2.backup", f".{SCHEMA_REVISION}.backup"]


def test_a_fresh_or_current_catalog_is_not_copied(target: str) -> None:
    for _ in range(2):
        Catalog.open(target).close()
    assert backups(target) == []


def test_a_failed_upgrade_leaves_the_catalog_as_it_was(target: str, tmp_path: Path) -> None:
    database = connect(target)
    prepare(database)
    fill(database, SCHEMA_REVISION)
    with pytest.raises(CatalogError):
        prepare(database, NEXT, scripts_with(tmp_path, FAILS))
    assert revision_of(database) == SCHEMA_REVISION
    check(Catalog(database))
    with database.reading() as connection:
        columns = set(connection.execute(text("SELECT * FROM photos")).keys())
        assert "grade" not in columns
        if Path(target).exists():
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


def upgrade_to_next(target: str, scripts: Path) -> str:
    database = connect(target)
    prepare(database, NEXT, scripts)
    return revision_of(database)


def test_processes_that_upgrade_the_same_catalog_do_it_once(target: str, tmp_path: Path) -> None:
    with Catalog.open(target) as catalog:
        catalog.record_photos([ingested(n) for n in range(100)])
    scripts = scripts_with(tmp_path, REBUILDS)
    assert all_at_once(upgrade_to_next, [(target, scripts)] * 4) == [NEXT] * 4
    copies = backups(target)
    assert len(copies) == Path(target).exists()
    for copy in copies:
        with Catalog.open(copy) as before:
            assert before.counts(REVISION)[PhotoState.PENDING] == 100


def test_a_newer_catalog_is_refused_and_left_alone(target: str) -> None:
    with Catalog.open(target) as catalog, catalog._database.writing() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogTooNew, match=r"9999.*update aesplugin"):
        Catalog.open(target)
    assert revision_of(connect(target)) == "9999"
    assert backups(target) == []


def test_another_programs_database_is_refused_and_left_alone(target: str) -> None:
    database = connect(target)
    with database.writing() as connection:
        connection.execute(text("CREATE TABLE recipes (name TEXT)"))
    database.close()
    before = Path(target).read_bytes() if Path(target).exists() else None
    with pytest.raises(CatalogDamaged, match=r"not an aesplugin catalog.*recipes"):
        Catalog.open(target)
    if before is not None:
        assert Path(target).read_bytes() == before
        assert os.listdir(Path(target).parent) == [Path(target).name]


@pytest.mark.parametrize(
    "content",
    [b"just some notes\n", b"\xff\xd8\xff\xe0 a photo", b"SQLite format 3\0" + b"\xa5" * 5000],
)
def test_a_file_that_is_no_catalog_is_refused_and_left_alone(
    tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "catalog.sqlite3"
    file.write_bytes(content)
    with pytest.raises(CatalogDamaged, match="was left unchanged"):
        Catalog.open(file)
    assert file.read_bytes() == content


def test_a_truncated_catalog_is_refused(sqlite_file: Path) -> None:
    with Catalog.open(sqlite_file) as catalog:
        catalog.record_photos([ingested(n) for n in range(200)])
    content = sqlite_file.read_bytes()
    sqlite_file.write_bytes(content[: len(content) // 3])
    with pytest.raises(CatalogDamaged):
        list(Catalog.open(sqlite_file).entries(REVISION))


def test_an_empty_file_becomes_a_catalog(tmp_path: Path) -> None:
    file = tmp_path / "catalog.sqlite3"
    file.touch()
    with Catalog.open(file) as catalog:
        catalog.record_photos([ingested(1)])
        assert catalog.record_assessments([assessment(1)]) == 1


def test_a_catalog_restored_from_a_copy_works(sqlite_file: Path, tmp_path: Path) -> None:
    with Catalog.open(sqlite_file) as catalog:
        catalog.record_photos([ingested(1)])
        catalog._database.back_up(tmp_path / "copy.sqlite3")
        with sqlite3.connect(tmp_path / "copy.sqlite3") as copy:
            assert copy.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    with Catalog.open(tmp_path / "copy.sqlite3") as restored:
        assert list(restored.known_files(REVISION)) == ["/photos/000001.jpg"]


def test_a_working_folder_with_migrations_of_its_own_is_no_trap(tmp_path: Path) -> None:
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "__init__.py").write_text("raise SystemExit('the wrong one')")
    script = "from aesplugin.catalog.catalog import Catalog; Catalog.open('c.sqlite3')"
    subprocess.run([sys.executable, "-c", script], cwd=tmp_path, check=True, timeout=60)


def test_alembic_is_loaded_only_for_an_upgrade(sqlite_file: Path) -> None:
    script = (
        "import sys\nfrom aesplugin.catalog.catalog import Catalog\n"
        f"Catalog.open({str(sqlite_file)!r})\n"
        "sys.exit(any(name in sys.modules for name in ('alembic', 'torch', 'psycopg')))"
    )
    subprocess.run([sys.executable, "-c", script], check=True, timeout=60)
