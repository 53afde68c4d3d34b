"""Repair: MERGE. Source: Snowflake documentation, "MERGE", sections on nondeterministic results."""


def _target(s):
    s.execute("create table t.x as select column1 as id, column2 as v from values (1, 'a'), (2, 'b')")


def test_it_updates_deletes_inserts_and_counts(s):
    _target(s)
    counts = s.rows("""
        merge into t.x as x using (select column1 as id, column2 as v from values (1, 'n'), (2, 'drop'), (3, 'c')) as y
            on x.id = y.id
        when matched and y.v = 'drop' then delete
        when matched then update set x.v = upper(y.v) || x.v
        when not matched then insert (id, v) values (y.id, y.v)
    """)
    assert counts == [(1, 1, 1)]
    assert s.rows("select id, v from t.x order by id") == [(1, "Na"), (3, "c")]


def test_unqualified_columns_of_the_insert_are_the_sources(s):
    _target(s)
    s.execute(
        "merge into t.x using (select 9 as id, 'z' as v) y on x.id = y.id when not matched then insert values (id, v)"
    )
    assert s.scalar("select v from t.x where id = 9") == "z"


def test_two_source_rows_for_one_updated_row_are_error_100090(s, fails):
    _target(s)
    message = fails("""
        merge into t.x using (select 1 as id, 'geheim' as v union all select 1, 'p') y on x.id = y.id
        when matched then update set v = y.v
    """)
    assert "100090" in message and "geheim" not in message
    assert s.scalar("select v from t.x where id = 1") == "a"


def test_two_equal_source_rows_may_both_be_inserted(s):
    _target(s)
    s.execute("merge into t.x using (select 5 as id from values (1), (2)) y on x.id = y.id "
              "when not matched then insert (id) values (y.id)")  # fmt: skip
    assert s.scalar("select count(*) from t.x where id = 5") == 2


def test_it_belongs_to_the_open_transaction(s):
    _target(s)
    s.execute("begin")
    s.execute("merge into t.x using (select 1 as id) y on x.id = y.id when matched then update set v = 'new'")
    s.execute("rollback")
    assert s.scalar("select v from t.x where id = 1") == "a"
