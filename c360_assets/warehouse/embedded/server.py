"""The engine's process: fakesnow's server with this folder's repairs."""

import sys

import fakesnow.arrow as fa
import fakesnow.cursor as fc
import fakesnow.server as s
import fakesnow.transforms as ft
import pyarrow as pa
import pyarrow.compute as pc
import uvicorn
from fakesnow.instance import FakeSnow
from sqlglot import exp

_timestamp_to_sf_struct = fa.timestamp_to_sf_struct


def _nullable_timestamps(ts):
    if isinstance(ts, pa.ChunkedArray):
        ts = ts.combine_chunks()
    st = _timestamp_to_sf_struct(ts.fill_null(0) if ts.null_count else ts)
    if ts.null_count:
        st = pa.StructArray.from_arrays(
            [st.field(i) for i in range(st.type.num_fields)], fields=list(st.type), mask=pc.is_null(ts)
        )
    return st


fa.timestamp_to_sf_struct = _nullable_timestamps
_transform = fc.FakeSnowflakeCursor._transform


def _qualified_temporary(self, e, *a, **k):
    if isinstance(e, exp.Create) and e.args.get("properties"):
        tbl = e.find(exp.Table)
        ps = e.args["properties"].expressions
        if any(isinstance(p, exp.TemporaryProperty) for p in ps) and tbl is not None and tbl.args.get("catalog"):
            e.args["properties"].set("expressions", [p for p in ps if not isinstance(p, exp.TemporaryProperty)])
    return _transform(self, e, *a, **k)


fc.FakeSnowflakeCursor._transform = _qualified_temporary
_merge = ft.merge


def _merge_columns(e):
    if isinstance(e, exp.Merge):
        alias = e.args["using"].alias_or_name
        whens = e.args["whens"]
        for w in whens.expressions if hasattr(whens, "expressions") else whens:
            ins = w.args.get("then")
            if isinstance(ins, exp.Insert) and ins.expression is not None:
                for c in ins.expression.find_all(exp.Column):
                    if not c.table:
                        c.set("table", exp.to_identifier(alias))
    return _merge(e)


ft.merge = _merge_columns

if __name__ == "__main__":
    s.shared_fs = FakeSnow(db_path=sys.argv[1], nop_regexes=[r"(?i)^alter session set query_tag"])
    uvicorn.run(s.app, host="127.0.0.1", port=int(sys.argv[2]), log_level="warning")
