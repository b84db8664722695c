"""Migrations and models say the same, up and down, on SQLite and where it is at hand on PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import closing

import pytest
from peewee import (
    AutoField,
    BigIntegerField,
    BooleanField,
    CharField,
    Database,
    Field,
    ForeignKeyField,
    IntegerField,
    Model,
    SqliteDatabase,
    TextField,
)
from playhouse.db_url import connect
from playhouse.migrations import Runner
from playhouse.schema_diff import diff_models

from blueprints.polls.models import Poll, PollOption, PollVote
from core import db, personal
from models import TABLES, Circle, Flair, Member, Membership

CHAINS = {"core": TABLES, "polls": (Poll, PollOption, PollVote)}
PORTABLE = (AutoField, BigIntegerField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField)
BY_HAND = ("search_doc.tsv", "search_doc_tsv")
"""What the migration of PostgreSQL adds for the search; no model knows it."""

POSTGRES = os.environ.get("QUANZI_TEST_POSTGRES_URL", "")


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path, app) -> Iterator[Database]:
    """A database without anything in it."""
    if request.param == "sqlite":
        opened: Database = SqliteDatabase(str(tmp_path / "schema.sqlite3"), pragmas=db.PRAGMAS)
    elif POSTGRES:
        opened = connect(POSTGRES)
        opened.execute_sql("DROP SCHEMA public CASCADE")
        opened.execute_sql("CREATE SCHEMA public")
    else:
        pytest.skip("QUANZI_TEST_POSTGRES_URL names no database that may be emptied")
    with closing(opened):
        yield opened


@pytest.fixture
def runners(empty) -> dict[str, Runner]:
    return {chain.name: Runner(empty, str(chain.folder), table_name=chain.history) for chain in db.chains()}


def differences(database: Database, tables) -> list[str]:
    with database.bind_ctx(tables, bind_refs=False, bind_backrefs=False):
        changes = str(diff_models(database, list(tables))).splitlines()
    return [change for change in changes if not any(name in change for name in BY_HAND)]


def shape(database: Database, tables) -> dict[str, list[tuple]]:
    """Type, nullability and references of every column."""
    found = {}
    for table in tables:
        name = table._meta.table_name
        columns = [(each.name, each.data_type, each.null, each.primary_key) for each in database.get_columns(name)
                   if f"{name}.{each.name}" not in BY_HAND]  # fmt: skip
        keys = [(each.column, each.dest_table, each.dest_column) for each in database.get_foreign_keys(name)]
        found[name] = [*sorted(columns), *sorted(keys)]
    return found


def test_there_is_a_chain_for_the_core_and_one_for_each_blueprint_from_outside(app):
    assert [chain.name for chain in db.chains()] == list(CHAINS)


def test_up_is_what_the_models_say_and_down_leaves_nothing(empty, runners):
    for name, runner in runners.items():
        runner.up()
        assert differences(empty, CHAINS[name]) == [], name
    made = set(empty.get_tables())
    assert made >= {table._meta.table_name for tables in CHAINS.values() for table in tables}
    for runner in reversed(runners.values()):
        runner.down(runner.migrations()[0].name)
    left = set(empty.get_tables()) - {chain.history for chain in db.chains()}
    assert left == set()
    for name, runner in runners.items():
        runner.up()
        assert differences(empty, CHAINS[name]) == [], f"{name}, the second time"
    assert set(empty.get_tables()) == made


def test_the_columns_are_those_that_the_models_would_make(empty, runners):
    for runner in runners.values():
        runner.up()
    tables = [table for each in CHAINS.values() for table in each]
    migrated = shape(empty, tables)
    for runner in reversed(runners.values()):
        runner.down(runner.migrations()[0].name)
    with empty.bind_ctx(tables):
        empty.create_tables(tables)
        assert shape(empty, tables) == migrated
        empty.drop_tables(tables)


def test_every_migration_has_a_way_back(runners):
    for runner in runners.values():
        numbers = [migration.idx for migration in runner.migrations()]
        assert numbers == list(range(1, len(numbers) + 1))
        for migration in runner.migrations():
            module = migration.load()
            assert callable(module.up) and callable(module.down), migration.name


def test_rows_are_kept_as_they_were_written(empty, runners):
    """Every column takes its default and the longest that it allows, in both alphabets."""
    for runner in runners.values():
        runner.up()
    with empty.bind_ctx([Member]):
        name = "圈" * 30
        Member.create(username=name, username_key=name, display_name="🏃" * 40, password_hash="x" * 200,
                      password_changed_at=2**53, created_at=1)  # fmt: skip
        row = Member.get()
        assert (row.username, row.display_name, row.password_changed_at) == (name, "🏃" * 40, 2**53)
        assert (row.is_demo, row.email, row.bio, row.seen_at) == (False, None, "", 0)


A_SITE_OF_THE_FIRST_VERSION = (
    "INSERT INTO member (username, username_key, display_name, password_hash, password_changed_at, bio, bio_html, "
    "locale, time_zone, theme, is_demo, created_at, seen_at) "
    "VALUES ('lin', 'lin', '林间', 'x', 1, '', '', '', '', '', FALSE, 1, 1)",
    "INSERT INTO circle (slug, name, purpose, about, about_html, question, category, visibility, join_policy, "
    "founded_at, member_count, post_count, active_at, seq) "
    "VALUES ('run', '夜跑', '一起跑', '', '', '', 'sport', 'public', 'open', 1, 1, 1, 1, 1)",
    "INSERT INTO membership (circle_id, member_id, role, joined_at) VALUES (1, 1, 'owner', 1)",
    "INSERT INTO post (circle_id, author_id, title, source, html, excerpt, policy_version, created_at, picture_count, "
    "comment_count, like_count, seq, circle_seq) VALUES (1, 1, '', '今晚', '<p>今晚</p>', '今晚', 1, 1, 0, 1, 1, 1, 1)",
    "INSERT INTO comment (post_id, author_id, source, html, policy_version, created_at, like_count, reply_count, "
    "born_seq, post_seq) VALUES (1, 1, '来', '<p>来</p>', 1, 1, 1, 0, 1, 1)",
    "INSERT INTO post_like (post_id, member_id, liked_at) VALUES (1, 1, 1)",
    "INSERT INTO comment_like (comment_id, member_id, liked_at) VALUES (1, 1, 1)",
)


def test_a_site_of_the_first_version_keeps_all_it_has(empty, runners):
    """A migration that copies a table and drops the old one takes along what refers to it, unless it minds."""
    core = runners["core"]
    core.up(core.migrations()[0].name)
    for statement in A_SITE_OF_THE_FIRST_VERSION:
        empty.execute_sql(statement)
    core.up()
    tables = ("member", "circle", "membership", "post", "comment", "post_like", "comment_like")
    counts = {table: empty.execute_sql(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0] for table in tables}
    assert set(counts.values()) == {1}, counts
    with empty.bind_ctx([Member, Circle, Flair, Membership]):
        assert Member.get().shows_presence is True
        assert (Membership.get().notify, Membership.get().read_post, Circle.get().rules) == ("mentions", 1, "")
        assert Membership.get().welcomed_at == 1


def test_search_finds_words_of_documents_and_forgets_them(empty, runners):
    runners["core"].up()
    empty.execute_sql("INSERT INTO search_doc (kind, subject_id, tokens) VALUES ('post', 1, '夜跑 跑步 night')")
    if isinstance(empty, SqliteDatabase):
        found = "SELECT count(*) FROM search_fts WHERE search_fts MATCH '\"夜跑 跑步\"'"
    else:
        found = "SELECT count(*) FROM search_doc WHERE tsv @@ to_tsquery('simple', '''夜跑'' <-> ''跑步''')"
    assert empty.execute_sql(found).fetchone()[0] == 1
    empty.execute_sql("UPDATE search_doc SET tokens = 'other' WHERE subject_id = 1")
    assert empty.execute_sql(found).fetchone()[0] == 0
    empty.execute_sql("DELETE FROM search_doc")
    if isinstance(empty, SqliteDatabase):
        empty.execute_sql("INSERT INTO search_fts(search_fts, rank) VALUES ('integrity-check', 1)")


# ---- the models themselves ----------------------------------------------------------------------------------


def columns() -> list[tuple[type[Model], Field]]:
    return [(table, field) for table in TABLES for field in table._meta.sorted_fields]


def test_nothing_in_the_models_is_for_one_database_only():
    for table, field in columns():
        assert type(field) in PORTABLE, f"{table.__name__}.{field.name} is a {type(field).__name__}"
        assert not field.constraints, f"{table.__name__}.{field.name}: the migration would drop a constraint"
        assert field.collation is None
        name = table._meta.table_name
        assert len(name) <= 63 and name == name.lower()


def test_times_are_whole_numbers_wide_enough_for_milliseconds():
    for table, field in columns():
        if field.name.endswith("_at") or field.name == "at":
            assert isinstance(field, BigIntegerField), f"{table.__name__}.{field.name}"


def test_texts_of_people_have_a_length_that_the_limits_know():
    from core.limits import LIMITS

    lengths = {field.max_length for _, field in columns() if isinstance(field, CharField)}
    assert max(lengths) <= 500
    for name, column in (("username", Member.username), ("display_name", Member.display_name), ("email", Member.email)):
        assert column.max_length == LIMITS[name]


def test_every_reference_has_an_index_that_finds_it():
    """Or erasing a row walks through the whole of the other table."""
    for table, field in columns():
        if isinstance(field, ForeignKeyField):
            own = field.index or field.unique or field.primary_key
            leading = [index[0][0] for index in table._meta.indexes if isinstance(index, tuple)]
            key = getattr(table._meta.primary_key, "field_names", ())[:1]
            assert own or field.name in (*leading, *key), f"{table.__name__}.{field.name}"


def test_somebody_answers_for_every_table_that_refers_to_a_member(app):
    references = [(table, field) for table, field in columns() if isinstance(field, ForeignKeyField)]
    referring = {table for table, field in references if field.rel_model is Member} | {Poll, PollVote}
    assert referring - personal.answered_for() == set()
