from __future__ import annotations

import io
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers import Limits, read_jsonl
from c360_assets.sources.readers.opening import ByteSource


def source(content: bytes) -> ByteSource:
    return ByteSource(io.BytesIO(content))


def test_values_become_text_and_nested_values_json_text(collect):
    line = b'{"id": 12, "ok": true, "no": false, "x": null, "tags": ["a", 1.50], "at": {"b": 2, "a": "\\u00e9"}}\n'
    rows, bad = collect(read_jsonl(source(line)))
    assert rows == [
        (1, {"id": "12", "ok": "true", "no": "false", "tags": '["a",1.50]', "at": '{"a":"é","b":2}'}),
    ]
    assert not bad


def test_numbers_keep_every_digit(collect):
    line = (
        b'{"id": 123456789012345678901234567890, "price": 1.10, "rate": 1e-7, "deep": {"n": 99999999999999999999.10}}'
    )
    rows, _ = collect(read_jsonl(source(line)))
    assert rows == [
        (
            1,
            {
                "id": "123456789012345678901234567890",
                "price": "1.10",
                "rate": "1e-7",
                "deep": '{"n":99999999999999999999.10}',
            },
        )
    ]


def test_a_number_of_five_thousand_digits_is_text_like_any_other(collect):
    rows, bad = collect(read_jsonl(source(b'{"id": ' + b"9" * 5000 + b"}\n")))
    assert rows == [(1, {"id": "9" * 5000})]
    assert not bad


def test_a_column_declared_json_keeps_scalars_as_json(collect):
    rows, _ = collect(read_jsonl(source(b'{"a": "x", "b": "x"}\n{"a": 5}\n'), frozenset({"a"})))
    assert rows == [(1, {"a": '"x"', "b": "x"}), (2, {"a": "5"})]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"id": 1, "na', "is not valid JSON"),
        (b"[1, 2]", "is not a JSON object"),
        (b'"text"', "is not a JSON object"),
        (b"nonsense", "is not valid JSON"),
        (b'{"id": 1} {"id": 2}', "is not valid JSON: Extra data"),
        (b'{"id": 1, "id": 2}', "a key stands twice in one object"),
        (b'{"id": 1, "at": {"a": 1, "a": 2}}', "a key stands twice in one object"),
        (b'{"id": NaN}', "NaN and Infinity are not JSON"),
        (b'{"id": "\xff"}', "is not UTF-8"),
        (b'{"id": "\\ud800"}', "holds half a character"),
        (b'{"id": "a\\u0000b"}', "holds a NUL byte"),
        (b"[" * 100_000 + b"]" * 100_000, "nested too deeply"),
    ],
)
def test_a_line_that_is_no_object_is_quarantined_and_its_neighbours_are_not(collect, line, reason):
    content = b'{"id": "a"}\n{"id": "\xc3\xa9"}\n{"id": "c"}\n' + line + b'\n{"id": "d"}\n'
    rows, bad = collect(read_jsonl(source(content)))
    assert [values["id"] for _, values in rows] == ["a", "é", "c", "d"]
    assert [(b.line, reason in b.reason) for b in bad] == [(4, True)]


def test_reasons_hold_no_values(collect):
    _, bad = collect(
        read_jsonl(source(b'{"name": "secret", "name": "secret"}\n{"name": secret}\n"secret"\n{"a": 1}\n'))
    )
    assert len(bad) == 3
    assert "secret" not in "".join(b.reason for b in bad)


def test_a_json_array_is_rejected_with_what_is_expected(collect):
    with pytest.raises(RejectedFile, match="one object a line"):
        collect(read_jsonl(source(b'[{"id": 1},\n {"id": 2}]\n')))


def test_new_keys_may_come_late_in_the_file(collect):
    content = b"".join(b'{"id": %d}\n' % i for i in range(50)) + b'{"id": 50, "late": "yes"}\n'
    rows, _ = collect(read_jsonl(source(content), limits=Limits(chunk=64)))
    assert rows[-1] == (51, {"id": "50", "late": "yes"})


def test_windows_line_ends_blank_lines_and_a_byte_order_mark_are_no_data(collect):
    rows, bad = collect(read_jsonl(source(b'\xef\xbb\xbf{"id": 1}\r\n\r\n{"id": 2}')))
    assert rows == [(1, {"id": "1"}), (3, {"id": "2"})]
    assert not bad


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner, max_size=3),
    max_leaves=6,
)


def expected_text(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    objects=st.lists(st.dictionaries(st.sampled_from("abcd"), JSON, max_size=4), max_size=8), chunk=st.integers(1, 200)
)
def test_what_a_json_writer_wrote_is_read_back_with_its_lines(collect, objects, chunk):
    content = "".join(json.dumps(o, ensure_ascii=bool(len(o) % 2)) + "\n" for o in objects).encode()
    rows, bad = collect(read_jsonl(source(content), limits=Limits(chunk=chunk)))
    assert not bad
    expected = [
        (line, {k: expected_text(v) for k, v in o.items() if v is not None}) for line, o in enumerate(objects, 1)
    ]
    assert rows == expected
