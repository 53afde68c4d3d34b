"""Repair: transactions and DDL in them. Source: Snowflake documentation, "Transactions"."""

import time

import pytest

from c360_assets.warehouse import Warehouse, WarehouseError


def test_ddl_commits_what_came_before_it(s):
    s.execute("create table t.x (id number)")
    s.execute("begin")
    s.execute("insert into t.x values (1)")
    s.execute("create table t.y (id number)")
    s.execute("rollback")
    assert s.scalar("select count(*) from t.x") == 1
    s.execute("select * from t.y")


def test_begin_inside_and_commit_or_rollback_outside_change_nothing(s):
    for statement in ("begin", "begin", "commit", "commit", "rollback"):
        s.execute(statement)


def test_a_failed_statement_is_answered_at_once_and_the_next_one_works(s, fails):
    """Snowflake keeps the transaction open; the engine says that it cannot, and does not commit the rest silently."""
    s.execute("create table t.x (id number)")
    s.execute("begin")
    s.execute("insert into t.x values (1)")
    started = time.monotonic()
    assert "rolled back" in fails("select * from t.nothing")
    assert time.monotonic() - started < 5
    assert s.scalar("select count(*) from t.x") == 0
    assert "Nothing to commit" in fails("commit")
    s.execute("insert into t.x values (2)")
    assert s.rows("select id from t.x") == [(2,)]


def test_another_session_sees_only_what_is_committed(s, settings):
    s.execute("create table t.x (id number)")
    with Warehouse(settings) as other:
        s.execute("begin")
        s.execute("insert into t.x values (1)")
        assert other.scalar("select count(*) from t.x") == 0
        s.execute("commit")
        assert other.scalar("select count(*) from t.x") == 1


def test_the_context_manager_commits_or_rolls_back_as_a_whole(s):
    s.execute("create table t.x (id number)")
    with s.transaction():
        s.execute("insert into t.x values (1)")
    with pytest.raises(WarehouseError), s.transaction():
        s.execute("insert into t.x values (2)")
        s.execute("select * from t.nothing")
    assert s.rows("select id from t.x") == [(1,)]


def test_insert_overwrite_replaces_all_rows_at_once(s):
    s.execute("create table t.x as select 1 as id")
    s.execute("insert overwrite into t.x select 2 union all select 3")
    assert s.rows("select id from t.x order by id") == [(2,), (3,)]
