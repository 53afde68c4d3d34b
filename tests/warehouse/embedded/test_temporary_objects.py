"""Repair: temporary tables and views. Source: "Working with Temporary and Transient Tables"."""

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from c360_assets.warehouse import Warehouse, WarehouseError


def test_a_qualified_temporary_table_is_written_read_described_and_dropped(s):
    s.execute("create or replace temporary table t.x as select 1 as id, 'a' as v")
    s.execute("insert into t.x (id) values (2)")
    s.execute("update t.x set v = 'b' where id = 2")
    assert s.rows("select x.id, x.v from t.x order by id") == [(1, "a"), (2, "b")]
    assert [row[0] for row in s.rows("describe table t.x")] == ["ID", "V"]
    s.execute("drop table t.x")
    with pytest.raises(WarehouseError):
        s.execute("select * from t.x")


def test_only_its_session_sees_it(s, settings):
    s.execute("create temporary table t.mine (id number)")
    with Warehouse(settings) as other, pytest.raises(WarehouseError):
        other.execute("select * from t.mine")


def test_it_hides_a_permanent_table_until_it_is_dropped(s):
    s.execute("create table t.x as select 'permanent' as kind")
    s.execute("create temporary table t.x as select 'temporary' as kind")
    assert s.scalar("select kind from t.x") == "temporary"
    s.execute("drop table t.x")
    assert s.scalar("select kind from t.x") == "permanent"


def test_a_cte_of_the_same_name_comes_first(s):
    s.execute("use schema t")
    s.execute("create temporary table x as select 1 as id")
    assert s.scalar("with x as (select 2 as id) select id from x") == 2


def test_a_temporary_view_reads_a_temporary_table(s):
    s.execute("create temporary table t.x as select 7 as id")
    s.execute("create or replace temporary view t.v as select id + 1 as id from t.x")
    assert s.scalar("select id from t.v") == 8


def test_it_is_gone_when_its_session_ends(s, settings):
    with Warehouse(settings) as other:
        other.execute("create temporary table t.gone (id number)")
    with Warehouse(settings) as later, pytest.raises(WarehouseError):
        later.execute("select * from t.gone")


def test_files_are_copied_into_a_temporary_table_and_again_into_one_made_anew(s, tmp_path):
    pq.write_table(pa.table({"ID": ["1", "2"]}), tmp_path / "x.parquet")
    s.execute("create stage t.files")
    s.execute(f"put 'file://{tmp_path}/x.parquet' @t.files auto_compress=false")
    for _ in range(2):
        s.execute("create or replace temporary table t.x (id varchar)")
        s.execute("copy into t.x from @t.files file_format=(type=parquet) match_by_column_name=case_insensitive")
        assert s.rows("select id from t.x order by id") == [("1",), ("2",)]
