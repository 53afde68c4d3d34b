"""Repair: keys are declared, not enforced; NOT NULL is. Source: "Overview of Constraints"."""


def test_primary_key_and_unique_are_not_enforced(s):
    s.execute("create table t.x (id number primary key, v varchar unique, w number, unique (w))")
    s.execute("insert into t.x values (1, 'a', 1), (1, 'a', 1)")
    s.execute("alter table t.x add constraint k primary key (id)")
    assert s.scalar("select count(*) from t.x") == 2


def test_foreign_keys_are_not_enforced(s):
    s.execute("create table t.parent (id number primary key)")
    s.execute("create table t.child (id number references t.parent (id), foreign key (id) references t.parent (id))")
    s.execute("insert into t.child values (9)")


def test_not_null_and_primary_key_columns_take_no_null(s, fails):
    s.execute("create table t.x (id number, v varchar not null, primary key (id))")
    assert "NULL result in a non-nullable column" in fails("insert into t.x values (null, 'a')")
    assert "NULL result in a non-nullable column" in fails("insert into t.x values (1, null)")
