"""Repairs of single statements. Source: the Snowflake documentation page of each statement."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def test_columns_added_together_are_all_added(s):
    s.execute("create table t.x (id number)")
    s.execute("alter table t.x add column a varchar, b number(10, 2)")
    assert [r[0] for r in s.rows("describe table t.x")] == ["ID", "A", "B"]


def test_a_clone_replaces_and_is_independent(s):
    s.execute("create table t.x as select 1 as id")
    for _ in range(2):
        s.execute("create or replace table t.y clone t.x")
    s.execute("delete from t.x")
    assert s.scalar("select count(*) from t.y") == 1


def test_truncate_if_exists(s):
    s.execute("create table t.x as select 1 as id")
    s.execute("truncate table if exists t.x")
    s.execute("truncate table if exists t.nothing")
    assert s.scalar("select count(*) from t.x") == 0


def test_comments_hold_apostrophes_and_are_listed(s):
    s.execute("create table t.x (id number)")
    s.execute("comment on table t.x is 'it''s a table'")
    s.execute("""alter table t.x alter "ID" comment $$the id's$$""")
    assert s.scalar("select comment from information_schema.tables where table_schema = 'T'") == "it's a table"
    assert s.scalar("select comment from information_schema.columns where table_schema = 'T'") == "the id's"


def test_a_table_may_be_named_identifier(s):
    s.execute("create table t.identifier (a varchar)")
    s.execute("insert into t.identifier (a) values ('x')")
    assert s.scalar("select a from t.identifier") == "x"


def test_a_changed_file_is_loaded_again_and_the_same_one_is_not(s, tmp_path: Path):
    """COPY INTO knows a loaded file by its content, not by its name alone."""
    file = tmp_path / "it's a file.parquet"
    s.execute("create table t.x (id number)")
    for value in (1, 2):
        pq.write_table(pa.table({"id": [value]}), file)
        s.copy_parquet([file], "T.X")
    assert s.rows("select id from t.x order by id") == [(1,), (2,)]
    s.execute("create stage t.s")
    pq.write_table(pa.table({"id": [3]}), tmp_path / "f.parquet")
    s.execute(f"put 'file://{tmp_path}/f.parquet' @t.s auto_compress = false")
    for _ in range(2):
        s.execute("copy into t.x from @t.s file_format = (type = parquet) match_by_column_name = case_insensitive")
    assert s.scalar("select count(*) from t.x") == 3


def test_stages_are_listed_emptied_and_dropped(s, tmp_path: Path):
    (tmp_path / "a.csv").write_text("1\n")
    s.execute("create stage t.s")
    s.execute(f"put 'file://{tmp_path}/a.csv' @t.s auto_compress = false")
    assert [r[0] for r in s.rows("list @t.s")] == ["s/a.csv"]
    assert s.rows("remove @t.s") == [("s/a.csv", "removed")]
    assert s.rows("list @t.s") == []
    s.execute("drop stage t.s")
    s.execute("drop stage if exists t.s")


def test_a_new_database_has_a_public_schema(s):
    s.execute("create database if not exists conformance_other")
    s.execute("create or replace table conformance_other.public.x as select 1 as id")
    s.execute("use database conformance_other")
    assert s.scalar("select current_schema()") == "PUBLIC"
    assert s.scalar("select id from x") == 1
