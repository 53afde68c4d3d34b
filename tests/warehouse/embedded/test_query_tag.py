"""Repair: query tags. Source: Snowflake documentation, "Parameters" (QUERY_TAG), "QUERY_HISTORY"."""

from c360_assets.warehouse import Warehouse


def test_the_tag_is_kept_per_session_and_shown(s, settings):
    s.execute("alter session set query_tag = 'it''s mine'")
    assert s.rows("show parameters like 'query_tag' in session")[0][1] == "it's mine"
    with Warehouse(settings, query_tag="other") as other:
        assert other.rows("show parameters like 'query_tag' in session")[0][1] == "other"
    s.execute("alter session unset query_tag")
    assert s.rows("show parameters like 'query_tag'")[0][1] == ""


def test_the_history_tells_tag_kind_and_outcome_but_no_text(s, fails):
    s.execute("alter session set query_tag = 'history'")
    s.execute("create table t.x (id number)")
    fails("select * from t.nothing")
    rows = s.rows("""
        select query_type, execution_status from table(information_schema.query_history())
        where query_tag = 'history' order by start_time
    """)
    assert ("DDL", "SUCCESS") in rows and ("SELECT", "FAIL") in rows
    described = [d[0] for d in s.execute("select * from table(information_schema.query_history())").description]
    assert "QUERY_TEXT" not in described


def test_the_last_result_can_be_scanned(s):
    s.execute("select 42 as answer")
    assert s.scalar("select last_query_id()") is not None
    s.execute("select 43 as answer")
    assert s.rows("select * from table(result_scan(last_query_id()))") == [(43,)]
