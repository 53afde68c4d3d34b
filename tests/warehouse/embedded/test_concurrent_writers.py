"""Repair: concurrent writers. Snowflake makes the second writer wait. Source: "Transactions", resource locking."""

from concurrent.futures import ThreadPoolExecutor

from c360_assets.warehouse import Warehouse


def test_updates_of_one_row_from_several_sessions_all_count(s, settings):
    s.execute("create table t.x as select 0 as n")

    def add(_: int) -> None:
        with Warehouse(settings) as session:
            for _ in range(5):
                session.execute("update t.x set n = n + 1")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert s.scalar("select n from t.x") == 20


def test_several_sessions_create_the_same_schema(s, settings):
    def create(_: int) -> None:
        with Warehouse(settings) as session:
            session.execute("create schema if not exists same")

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(create, range(4)))
