from __future__ import annotations

import csv
import gzip
import io
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers import Limits, read_csv
from c360_assets.sources.readers.opening import ByteSource, open_bytes

SMALL = Limits(field=1000, record=3000, chunk=64)


def source(content: bytes) -> ByteSource:
    return ByteSource(io.BytesIO(content))


def both_ways(collect, content: bytes, limits: Limits | None = None):
    fast = collect(read_csv(source(content), limits=limits))
    careful = collect(read_csv(source(content), limits=limits, careful_only=True))
    assert fast == careful
    return fast


def test_rows_carry_their_line_and_empty_fields_are_null(collect):
    rows, bad = both_ways(collect, b'id,name,city\n1,Ann,\n2,"",Oslo\n')
    assert rows == [(2, {"id": "1", "name": "Ann"}), (3, {"id": "2", "city": "Oslo"})]
    assert not bad


def test_a_quoted_newline_keeps_its_row_whole_and_its_line_is_the_first(collect):
    rows, _ = both_ways(collect, b'id,name\n1,"two\nlines"\n2,b\n3,"x\r\ny"\n4,c\n')
    assert rows == [
        (2, {"id": "1", "name": "two\nlines"}),
        (4, {"id": "2", "name": "b"}),
        (5, {"id": "3", "name": "x\r\ny"}),
        (7, {"id": "4", "name": "c"}),
    ]


def test_ragged_rows_are_quarantined_with_their_line(collect):
    rows, bad = both_ways(collect, b"id,name\n1,a\n2\n3,c,extra\n4,d\n")
    assert [line for line, _ in rows] == [2, 5]
    assert [(b.line, b.reason, b.raw) for b in bad] == [
        (3, "1 fields where the header has 2", "2"),
        (4, "3 fields where the header has 2", "3,c,extra"),
    ]


def test_a_quote_that_is_never_closed_loses_one_line_only(collect):
    rows, bad = both_ways(collect, b'id,name\n1,a\n2,"open\n3,c\n4,d\n')
    assert [line for line, _ in rows] == [2, 4, 5]
    assert [(b.line, b.reason) for b in bad] == [(3, "a quote is opened and never closed")]


def test_a_stray_quote_does_not_swallow_the_rows_up_to_the_next_one(collect):
    rows, bad = both_ways(collect, b'id,name\n1,"open\n2,b\n3,"fine"\n4,d\n')
    assert [values["id"] for _, values in rows] == ["2", "3", "4"]
    assert [b.line for b in bad] == [2]


def test_inch_marks_within_a_field_are_text(collect):
    rows, bad = both_ways(collect, b'id,name\n1,5" pipe\n2,a "b" c\n')
    assert [values["name"] for _, values in rows] == ['5" pipe', 'a "b" c']
    assert not bad


def test_blank_lines_are_no_rows_but_count_as_lines(collect):
    rows, bad = both_ways(collect, b"\nid,name\n\n1,a\n   \n2,b\n\n")
    assert [line for line, _ in rows] == [4, 6]
    assert not bad


def test_a_byte_order_mark_and_windows_line_ends_are_no_data(collect):
    rows, _ = both_ways(collect, b"\xef\xbb\xbfid,name\r\n1,a\r\n2,b")
    assert rows == [(2, {"id": "1", "name": "a"}), (3, {"id": "2", "name": "b"})]


def test_a_line_that_is_not_utf8_is_quarantined_alone(collect):
    good = "".join(f"{i},é\n" for i in range(2, 40)).encode()
    rows, bad = both_ways(collect, b"id,name\n1,caf\xe9\n" + good)
    assert len(rows) == 38
    assert [(b.line, b.reason, b.raw) for b in bad] == [(2, "is not UTF-8", "1,caf\\xe9")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "latin-1"])
def test_a_file_in_another_encoding_is_rejected_by_name(collect, encoding):
    content = ("id,name\n" + "".join(f"{i},Zoë Müller\n" for i in range(50))).encode(encoding)
    with pytest.raises(RejectedFile, match="UTF-8"):
        collect(read_csv(source(content)))


def test_a_latin_1_file_with_few_accents_is_rejected_too(collect):
    lines = [f"{i},{'Zoë' if i % 20 == 0 else 'Ann'}\n" for i in range(1000)]
    with pytest.raises(RejectedFile, match=r"50 of 1,001 lines are not UTF-8|50 of 1,000 lines are not UTF-8"):
        collect(read_csv(source(("id,name\n" + "".join(lines)).encode("latin-1"))))


def test_a_nul_byte_quarantines_its_row(collect):
    rows, bad = both_ways(collect, b"id,name\n1,a\0b\n2,c\n")
    assert [line for line, _ in rows] == [3]
    assert [(b.line, b.reason, b.column) for b in bad] == [(2, "holds a NUL byte", "name")]


def test_a_field_over_the_limit_is_quarantined_and_one_below_it_is_kept(collect):
    content = b"id,name\n1," + b"x" * 1001 + b"\n2," + b"y" * 1000 + b"\n"
    rows, bad = both_ways(collect, content, SMALL)
    assert [(line, len(values["name"])) for line, values in rows] == [(3, 1000)]
    assert [(b.line, b.column) for b in bad] == [(2, "name")]


def test_a_line_without_end_is_skipped_in_bounded_memory(collect):
    content = b"id,name\n1,a\n" + b"x" * 10_000 + b"\n3,c\n"
    rows, bad = both_ways(collect, content, SMALL)
    assert [line for line, _ in rows] == [2, 4]
    assert [(b.line, b.reason) for b in bad] == [(3, "line of more than 3,000 bytes")]
    assert len(bad[0].raw) <= 4000


def test_a_ten_megabyte_field_is_taken(collect):
    rows, bad = collect(read_csv(source(b'id,note\n1,"' + b"long " * 2_000_000 + b'"\n2,b\n')))
    assert [len(values["note"]) for _, values in rows] == [10_000_000, 1]
    assert not bad


def test_formulas_and_sql_are_text(collect):
    rows, _ = both_ways(collect, b"id,name\n1,=1+1\n2,'; drop table x; --\n3,@SUM(A1)\n")
    assert [values["name"] for _, values in rows] == ["=1+1", "'; drop table x; --", "@SUM(A1)"]


def test_a_header_alone_names_the_columns(collect):
    batches = list(read_csv(source(b"id,name\n")))
    assert list(batches[0].columns) == ["id", "name"]
    assert sum(map(len, batches)) == 0


def test_a_header_over_several_lines_and_chunks_is_one_header(collect):
    content = b'id,"long\n' + b"name" * 30 + b'"\n1,a\n'
    rows, _ = both_ways(collect, content, SMALL)
    assert rows == [(3, {"id": "1", "long\n" + "name" * 30: "a"})]


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_no_header_is_a_reason_to_reject(collect, content):
    with pytest.raises(RejectedFile, match="no header"):
        collect(read_csv(source(content)))


def test_names_twice_in_the_header_are_told_by_position_not_by_value(collect):
    with pytest.raises(RejectedFile) as verdict:
        collect(read_csv(source(b"smith,ann,smith\n1,2,3\n")))
    assert "columns 1 and 3" in str(verdict.value)
    assert "smith" not in str(verdict.value)


def test_old_macintosh_line_ends_are_rejected_by_name(collect):
    with pytest.raises(RejectedFile, match="carriage return"):
        collect(read_csv(source(b"id,name\r1,a\r" * 1000), limits=SMALL))


def test_another_delimiter_is_obeyed(collect):
    rows, _ = collect(read_csv(source(b"id;name\n1;a,b\n"), ";"))
    assert rows == [(2, {"id": "1", "name": "a,b"})]


def test_gzip_is_known_by_its_bytes_and_a_truncated_one_is_rejected(collect, write):
    content = gzip.compress(b"id,name\n" + b"".join(b"%d,name %d\n" % (i, i * i) for i in range(20_000)))
    rows, _ = collect(read_csv(open_bytes(write("whole.csv", content))))
    assert len(rows) == 20_000
    with pytest.raises(RejectedFile, match="truncated"):
        collect(read_csv(open_bytes(write("half.csv.gz", content[: len(content) // 2]))))
    damaged = content[:-8] + bytes(8)
    with pytest.raises(RejectedFile, match="damaged"):
        collect(read_csv(open_bytes(write("damaged.csv.gz", damaged))))


def test_an_excel_workbook_is_named_for_what_it_is(write):
    with pytest.raises(RejectedFile, match="Excel"):
        open_bytes(write("accounts.csv", b"PK\x03\x04rest"))


TROUBLE = st.text(alphabet='ab,"\n\r é\0=', max_size=120)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=TROUBLE, chunk=st.integers(1, 80))
def test_the_fast_and_the_careful_reader_agree_on_any_text_in_any_chunks(collect, body, chunk):
    content = b"id,name\n" + body.encode()
    limits = Limits(field=1000, record=3000, chunk=chunk)

    def outcome(limits: Limits, careful_only: bool) -> object:
        try:
            rows, bad = collect(read_csv(source(content), limits=limits, careful_only=careful_only))
        except RejectedFile as verdict:
            return str(verdict)
        return rows, bad

    expected = outcome(Limits(field=1000, record=3000), careful_only=True)
    assert outcome(limits, careful_only=False) == expected
    assert outcome(Limits(field=1000, record=3000), careful_only=False) == expected


FIELD = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(table=st.lists(st.tuples(FIELD, FIELD, FIELD), max_size=12), chunk=st.integers(1, 300))
def test_what_a_csv_writer_wrote_is_read_back_with_its_lines(collect, table, chunk):
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    writer.writerow(["a", "b", "c"])
    expected = []
    for row in table:
        line = text.getvalue().count("\n") + 1
        expected.append((line, {k: v for k, v in zip("abc", row, strict=True) if v}))
        writer.writerow(row)
    limits = Limits(chunk=chunk)
    rows, bad = collect(read_csv(source(text.getvalue().encode()), limits=limits))
    assert not bad
    assert rows == expected


@pytest.mark.slow
def test_a_million_rows_of_twenty_columns_take_about_ten_seconds(tmp_path: Path):
    path = tmp_path / "big.csv"
    with path.open("w") as file:
        file.write(",".join(f"c{i}" for i in range(20)) + "\n")
        row = ",".join(["value 123"] * 19)
        for i in range(1_000_000):
            file.write(f"{i},{row}\n" if i % 10 else f'{i},"q, {i}",{row[10:]}\n')
    started = time.perf_counter()
    assert sum(map(len, read_csv(open_bytes(path)))) == 1_000_000
    assert time.perf_counter() - started < 15
