"""Run fakesnow's transforms, each only where the statement holds what it looks for.

fakesnow walks the whole tree once for each of its 76 transforms; for a statement of a thousand nodes that is 80 ms, of
which more than 70 find nothing. What a transform looks for stands in its own first test (fakesnow 0.12.1); a transform
that is not listed here always runs, and a test compares the outcome with fakesnow's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

# Every group must be in the tree for the transform to have something to do.
_NEEDS: dict[str, tuple[tuple[type[exp.Expr], ...], ...]] = {
    "identifier": ((exp.Anonymous, exp.DynamicIdentifier),),
    "alter_session": ((exp.Alter,),),
    "current_version": ((exp.CurrentVersion,),),
    "set_schema": ((exp.Use,),),
    "create_database": ((exp.Create,),),
    "extract_comment_on_table": ((exp.Create, exp.Comment, exp.Alter),),
    "extract_comment_on_columns": ((exp.Alter,),),
    "drop_schema_cascade": ((exp.Drop,),),
    "tag": ((exp.Alter, exp.Command, exp.Create, exp.Drop),),
    "semi_structured_types": ((exp.DataType,),),
    "try_parse_json": ((exp.Anonymous,),),
    "split": ((exp.Split,),),
    "trim_cast_varchar": ((exp.Trim,),),
    "indices_to_json_extract": ((exp.Bracket,),),
    "json_extract_cast_as_varchar": ((exp.Cast,), (exp.JSONExtract,)),
    "json_extract_cased_as_varchar": ((exp.Upper, exp.Lower), (exp.JSONExtract,)),
    "json_extract_precedence": ((exp.JSONExtract, exp.JSONExtractScalar),),
    "flatten_value_cast_as_varchar": ((exp.Cast,), (exp.Explode,)),
    "flatten": ((exp.Lateral, exp.TableFromRows), (exp.Explode,)),
    "regex_replace": ((exp.RegexpReplace,),),
    "regex_substr": ((exp.RegexpExtract,),),
    "result_scan": ((exp.TableFromRows,),),
    "values_columns": ((exp.Values,),),
    "to_date": ((exp.Anonymous,),),
    "timestamp_offsets": ((exp.Cast,),),
    "to_decimal": ((exp.ToNumber,),),
    "to_timestamp": ((exp.UnixToTime, exp.Anonymous, exp.Cast),),
    "to_variant": ((exp.ToVariant,),),
    "object_construct": ((exp.StarMap, exp.Struct, exp.JSONObject),),
    "timestamp_ntz": ((exp.DataType,),),
    "float_to_double": ((exp.DataType,),),
    "integer_precision": ((exp.DataType,),),
    "extract_text_length": ((exp.Create, exp.Alter),),
    "sample": ((exp.TableSample,),),
    "array_size": ((exp.ArraySize,),),
    "random": ((exp.Rand,),),
    "array_agg_within_group": ((exp.WithinGroup,),),
    "array_agg": ((exp.ArrayAgg,),),
    "object_agg": ((exp.ObjectAgg,),),
    "array_construct_etc": ((exp.ArrayConstructCompact, exp.Array, exp.ArrayConcat),),
    "dateadd_date_cast": ((exp.DateAdd,),),
    "dateadd_string_literal_timestamp_cast": ((exp.DateAdd,),),
    "datediff_string_literal_timestamp_cast": ((exp.DateDiff,),),
    "show_databases": ((exp.Show,),),
    "show_functions": ((exp.Show, exp.Command),),
    "show_procedures": ((exp.Show, exp.Command),),
    "show_parameters": ((exp.Command,),),
    "show_warehouses": ((exp.Show, exp.Command),),
    "show_schemas": ((exp.Show,),),
    "show_tables_etc": ((exp.Show,),),
    "show_columns": ((exp.Show,),),
    "show_stages": ((exp.Show,),),
    "show_sequences": ((exp.Show,),),
    "show_keys": ((exp.Show,),),
    "show_users": ((exp.Show,),),
    "create_user": ((exp.Command,),),
    "haversine": ((exp.Anonymous,),),
    "hex_string": ((exp.HexString,),),
    "sha256": ((exp.SHA2, exp.SHA2Digest, exp.Anonymous),),
    "create_clone": ((exp.Create,), (exp.Clone,)),
    "alias_in_join": ((exp.Join,), (exp.Alias,)),
    "alias_in_where": ((exp.Where,), (exp.Anonymous,)),
    "alter_table_strip_cluster_by": ((exp.Alter,),),
    "create_stage": ((exp.Create,),),
    "create_file_format": ((exp.Create, exp.Command),),
    "list_stage": ((exp.ListStage,),),
    "put_stage": ((exp.Put,),),
    "create_table_as": ((exp.Create,),),
}
_NAMES = {
    "information_schema_fs": {"INFORMATION_SCHEMA"},
    "information_schema_databases": {"DATABASES"},
    "sequence_nextval": {"NEXTVAL"},
}


class Translation:
    """Stands in for the tree while fakesnow calls `.transform(…)` on it again and again."""

    def __init__(self, expression: exp.Expr) -> None:
        self.expression = expression
        self._kinds: set[type] = set()
        self._names: set[str] = set()
        self._look()

    def transform(self, function: Callable[..., exp.Expr], *args: Any, copy: bool = True, **kwargs: Any) -> Translation:
        """Run the transform if it has something to do."""
        name = _name(function)
        if name == "upper_case_unquoted_identifiers":
            self._upper_case()
        elif self._concerns(name):
            self.expression = self.expression.transform(function, *args, copy=copy, **kwargs)
            self._look()
        return self

    def _concerns(self, name: str) -> bool:
        if name == "update_variables":
            return isinstance(self.expression, exp.Set | exp.Alias)
        if name in _NAMES:
            return bool(_NAMES[name] & self._names)
        groups = _NEEDS.get(name, ())
        return all(any(issubclass(kind, group) for kind in self._kinds) for group in groups)

    def _look(self) -> None:
        self._kinds = {type(node) for node in self.expression.walk()}

    def _upper_case(self) -> None:
        # In place; fakesnow copies every identifier.
        for identifier in self.expression.find_all(exp.Identifier):
            if isinstance(identifier.this, str):
                if not identifier.quoted:
                    identifier.set("this", identifier.this.upper())
                self._names.add(identifier.this)


def _name(function: Callable[..., Any]) -> str:
    """The transform's name, also where fakesnow wraps it into `lambda e: transforms.NAME(e, …)`."""
    code = function.__code__
    if code.co_name != "<lambda>":
        return function.__name__
    names = code.co_names
    return names[names.index("transforms") + 1] if "transforms" in names else ""
