"""The engine's server: loopback only, the token, nothing without a session, large results and long statements."""

import http.client
import socket
import time
from pathlib import Path

import pytest
import snowflake.connector

from c360_assets.warehouse import Warehouse
from c360_assets.warehouse.embedded.process import find


def _connect(engine, password):
    return snowflake.connector.connect(
        account="embedded", user="x", password=password, host="127.0.0.1", port=engine.port, protocol="http",
        login_timeout=5,
    )  # fmt: skip


def test_the_login_asks_for_the_token(s, settings):
    engine = find(settings)
    with pytest.raises(snowflake.connector.errors.DatabaseError, match="Incorrect username or password"):
        _connect(engine, "wrong")
    _connect(engine, engine.token).close()


def test_it_listens_on_loopback_only(s, settings):
    addresses = {a[4][0] for a in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for address in addresses:
        with socket.socket() as probe:
            probe.settimeout(2)
            assert address.startswith("127.") or probe.connect_ex((address, find(settings).port)) != 0


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/queries/v1/query-request?requestId=1"),
        ("POST", "/queries/v1/abort-request"),
        ("GET", "/queries/1/result"),
        ("GET", "/monitoring/queries/1"),
        ("POST", "/session?delete=true"),
        ("POST", "/telemetry/send"),
        ("PUT", "/fs_bucket/x"),
    ],
)
def test_no_route_answers_without_a_session(s, settings, method, path):
    connection = http.client.HTTPConnection("127.0.0.1", find(settings).port, timeout=10)
    connection.request(method, path, body=b'{"sqlText": "select 1"}')
    answer = connection.getresponse()
    assert answer.status == 404 or b'"success":false' in answer.read()


def test_a_logged_out_session_is_gone(s, settings):
    engine = find(settings)
    connection = _connect(engine, engine.token)
    token = connection.rest.token
    connection.close()
    raw = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
    raw.request(
        "POST", "/queries/v1/query-request", body=b"{}", headers={"Authorization": f'Snowflake Token="{token}"'}
    )
    assert b"390111" in raw.getresponse().read()


def test_its_files_are_private_and_its_log_holds_no_sql_and_no_values(s, settings, fails):
    fails("select 'geheimer text'::number")
    s.execute("create table t.x as select 'geheimer text' as v")
    folder: Path = settings.home / "warehouse"
    assert folder.stat().st_mode & 0o077 == 0
    assert all(f.stat().st_mode & 0o077 == 0 for f in folder.iterdir())
    for name in ("engine.log", "engine.out"):
        text = (folder / name).read_text()
        assert "geheimer" not in text and "select" not in text.lower()


def test_a_large_result_arrives_whole(s):
    rows = s.execute(
        "select seq4() as n, 'text ' || n as v from table(generator(rowcount => 300000)) order by 1"
    ).fetchall()
    assert len(rows) == 300_000 and rows[0] == (0, "text 0") and rows[-1] == (299_999, "text 299999")


def test_a_cancelled_statement_ends_and_the_session_goes_on(s):
    cursor = s.connection.cursor()
    started = time.monotonic()
    many = "(select seq4() as i from table(generator(rowcount => 2000000)))"
    with pytest.raises(snowflake.connector.errors.Error):
        cursor.execute(f"select sum(hash(a.i, b.i)) from {many} a, {many} b", timeout=1)
    assert time.monotonic() - started < 30
    assert s.scalar("select 1") == 1


def test_bound_parameters_and_batches(s):
    s.execute("create table t.x (id number, v varchar)")
    s.connection.cursor().executemany("insert into t.x values (%s, %s)", [(1, "it's"), (2, None)])
    assert s.rows("select v from t.x where id = %s", (1,)) == [("it's",)]


def test_sessions_are_independent(s, settings):
    with Warehouse(settings) as other:
        other.execute("use schema t")
        assert other.scalar("select current_schema()") == "T"
        assert s.scalar("select current_schema()") != other.scalar("select current_database()")
