"""CSV: pyarrow for chunks without trouble, a careful reader for the others; both give the same rows.

The grammar: RFC 4180, lenient within one line (text after a closing quote is kept, as spreadsheets do), strict
for a record over several lines. A record over several lines that is malformed loses its first line only, and
reading resumes at the next: one quote too many does not swallow its neighbours.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.csv as pacsv

from c360_assets.sources.errors import RejectedFile
from c360_assets.sources.readers.batches import BadRow, Batch, Limits, checked, raw_text
from c360_assets.sources.readers.csv_careful import Careful, is_open
from c360_assets.sources.readers.lines import Chunk, EncodingWatch, chunks
from c360_assets.sources.readers.opening import ByteSource


def read_csv(
    source: ByteSource, delimiter: str = ",", limits: Limits | None = None, *, careful_only: bool = False
) -> Iterator[Batch]:
    """The file's rows in batches. The first batch names the columns, also where there is no row.

    `careful_only` leaves out the fast way; the rows are the same.

    Raises:
        RejectedFile: there is no usable header, or the file as a whole is not readable.
    """
    limits = limits or Limits()
    watch = EncodingWatch()
    names: list[str] = []
    carried, carried_line = b"", 0
    for chunk in chunks(source, limits):
        if chunk.oversize:
            if not names:
                raise RejectedFile(f"the first line has more than {limits.record:,} bytes; this is no CSV header")
            if carried:
                # The open record runs into a line that is too long to take: it ends here.
                careful = Careful(carried, carried_line, delimiter, limits, last=True)
                careful.expect(names)
                yield checked(careful.batch(), limits)
                carried = b""
            reason = f"line of more than {limits.record:,} bytes"
            yield _empty(names, [BadRow(chunk.first_line, reason, raw_text(chunk.data))])
            continue
        data = carried + chunk.data
        line = carried_line if carried else chunk.first_line
        if not names:
            careful = Careful(data, line, delimiter, limits, last=chunk.last)
            names = _header(careful)
            if not names:
                if chunk.last:
                    raise RejectedFile("the file has no header")
                carried, carried_line = data, line
                continue
            yield _empty(names)
            data, line = careful.rest()
        fast = None if carried or careful_only else _fast(Chunk(data, line, chunk.last), names, delimiter)
        if fast is not None:
            watch.see_valid(data, len(fast))
            carried = b""
            yield checked(fast, limits)
        else:
            careful = Careful(data, line, delimiter, limits, last=chunk.last)
            careful.expect(names)
            yield checked(careful.batch(), limits)
            carried, carried_line = careful.rest()
            watch.see(careful.lines_read, careful.not_utf8)
    watch.verdict()


def _header(careful: Careful) -> list[str]:
    fields = careful.first_record()
    if fields is None:
        return []
    names = [name.strip() or f"UNNAMED_{i}" for i, name in enumerate(fields, 1)]
    for i, name in enumerate(names):
        if name in names[:i]:
            # By position, not by name: where the header is missing these are somebody's data.
            raise RejectedFile(f"columns {names.index(name) + 1} and {i + 1} of the header have the same name")
    return names


def _empty(names: list[str], bad: list[BadRow] | None = None) -> Batch:
    return Batch({name: pa.array([], pa.string()) for name in names}, pa.array([], pa.int64()), bad or [])


def _fast(chunk: Chunk, names: list[str], delimiter: str) -> Batch | None:
    """The chunk by pyarrow; None where anything is unusual: the careful reader then decides.

    One row for each line means that no record spans lines and that none is blank, ragged or swallowed.
    """
    data = chunk.data
    if not data:
        return _empty(names)
    lines = data.count(b"\n") + (not data.endswith(b"\n"))
    if data.count(b"\r") != data.count(b"\r\n"):
        return None
    if b'"' in data and is_open(data[data.rstrip(b"\n").rfind(b"\n") + 1 :], delimiter):
        return None
    trouble: list[object] = []

    def note(row: object) -> str:
        trouble.append(row)
        return "skip"

    try:
        table = pacsv.read_csv(
            pa.BufferReader(data),
            pacsv.ReadOptions(column_names=names, block_size=max(len(data) // 2, 1 << 20), encoding="utf8"),
            pacsv.ParseOptions(
                delimiter=delimiter,
                newlines_in_values=b'"' in data,
                invalid_row_handler=note,
            ),
            pacsv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=True, null_values=[""]
            ),
        )
    except pa.ArrowInvalid:
        return None
    if trouble or table.num_rows != lines:
        return None
    columns = {name: _whole(table.column(i)) for i, name in enumerate(names)}
    return Batch(columns, pa.array(range(chunk.first_line, chunk.first_line + lines), pa.int64()))


def _whole(column: pa.ChunkedArray) -> pa.Array:
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
