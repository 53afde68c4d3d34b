"""Repair: NULL timestamps. Source: Snowflake documentation, "Date & Time Data Types"."""

from datetime import UTC, datetime


def test_a_null_timestamp_is_null_beside_others(s):
    rows = s.rows("""
        select column1 from values ('2026-01-02 03:04:05.123456'::timestamp_ntz), (null)
        order by 1 nulls last
    """)
    assert rows == [(datetime(2026, 1, 2, 3, 4, 5, 123456),), (None,)]


def test_times_before_1970_keep_their_fraction(s):
    assert s.scalar("select '1969-12-31 23:59:59.999999'::timestamp_ntz") == datetime(1969, 12, 31, 23, 59, 59, 999999)


def test_a_timestamp_with_offset_is_the_same_instant(s):
    assert s.scalar("select '2026-01-01 10:00:00 +02:00'::timestamp_tz") == datetime(2026, 1, 1, 8, tzinfo=UTC)
