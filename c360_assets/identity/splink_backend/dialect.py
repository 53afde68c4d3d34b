"""How Splink's comparison levels, sampling and blocking are said in Snowflake SQL.

Differences from DuckDB that change a result, so that thresholds can be chosen with them in mind:

- `JAROWINKLER_SIMILARITY` is case-insensitive and answers an integer from 0 to 100. Splink speaks of 0 to 1,
  so it is divided by 100; a similarity is known to a hundredth only.
- `EDITDISTANCE` is case-sensitive, as is DuckDB's `levenshtein`.
- `HASH` differs from DuckDB's: a sample drawn by hash holds other records, with the same distribution.
- Snowflake has no Jaro, no Jaccard on strings and no Damerau-Levenshtein. Splink refuses those levels by name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from splink.internals.dialects import SplinkDialect

if TYPE_CHECKING:
    from splink.internals.comparison_level_library import AbsoluteTimeDifferenceLevel, ArrayIntersectLevel


def _literal(text: str) -> str:
    """A Snowflake string literal: quotes and backslashes are escaped, since Snowflake reads both."""
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


class SnowflakeDialect(SplinkDialect):
    """Splink's dialect object for Snowflake; found by Splink under the name 'snowflake'."""

    _dialect_name_for_factory = "snowflake"

    @property
    def sql_dialect_str(self) -> str:
        """The name of the dialect, in Splink and in sqlglot."""
        return "snowflake"

    @property
    def levenshtein_function_name(self) -> str:
        """Edit distance."""
        return "editdistance"

    @property
    def jaro_winkler_function_name(self) -> str:
        """Jaro-Winkler, scaled from Snowflake's 0 to 100; an exact decimal, so that >= 0.92 means 92."""
        return "0.01 * jarowinkler_similarity"

    @property
    def cosine_similarity_function_name(self) -> str:
        """Cosine similarity of two VECTOR columns."""
        return "vector_cosine_similarity"

    @property
    def greatest_function_name(self) -> str:
        """The greatest of its arguments."""
        return "greatest"

    @property
    def least_function_name(self) -> str:
        """The least of its arguments."""
        return "least"

    @property
    def array_first_index(self) -> int:
        """Arrays start at zero."""
        return 0

    @property
    def array_max_function_name(self) -> str:
        """The greatest element."""
        return "array_max"

    @property
    def array_min_function_name(self) -> str:
        """The least element."""
        return "array_min"

    @property
    def array_transform_function_name(self) -> str:
        """Apply a lambda to each element."""
        return "transform"

    @property
    def hash_function_name(self) -> str:
        """A signed 64-bit hash; the base class brings it into a bucket."""
        return "hash"

    def array_intersect(self, clc: ArrayIntersectLevel) -> str:
        """At least so many elements in common."""
        clc.col_expression.sql_dialect = self
        column = clc.col_expression
        if clc.min_intersection == 1:
            return f"arrays_overlap({column.name_l}, {column.name_r})"
        return f"array_size(array_intersection({column.name_l}, {column.name_r})) >= {clc.min_intersection}"

    def absolute_time_difference(self, clc: AbsoluteTimeDifferenceLevel) -> str:
        """Two dates or timestamps at most so many seconds apart."""
        clc.col_expression.sql_dialect = self
        column = clc.col_expression
        return f"abs(datediff('second', {column.name_l}, {column.name_r})) <= {clc.time_threshold_seconds}"

    def absolute_date_difference(self, clc: AbsoluteTimeDifferenceLevel) -> str:
        """As `absolute_time_difference`; Snowflake counts the seconds of dates too."""
        return self.absolute_time_difference(clc)

    def _try_parse_date_raw(self, name: str, date_format: str | None = None) -> str:
        return f"try_to_date({name}, {_literal(date_format or 'YYYY-MM-DD')})"

    def _try_parse_timestamp_raw(self, name: str, timestamp_format: str | None = None) -> str:
        return f"try_to_timestamp_ntz({name}, {_literal(timestamp_format or 'YYYY-MM-DDTHH24:MI:SSZ')})"

    def _regex_extract_raw(self, name: str, pattern: str, capture_group: int = 0) -> str:
        return f"regexp_substr({name}, {_literal(pattern)}, 1, 1, 'e', {capture_group})"

    def access_extreme_array_element(self, name: str, first_or_last: Literal["first", "last"]) -> str:
        """The first or the last element of an array.

        Raises:
            ValueError: neither 'first' nor 'last' was asked for.
        """
        if first_or_last == "first":
            return f"{name}[0]"
        if first_or_last == "last":
            return f"{name}[array_size({name}) - 1]"
        raise ValueError(f"Argument 'first_or_last' is 'first' or 'last', not {first_or_last!r}.")

    def explode_arrays_sql(
        self, tbl_name: str, columns_to_explode: list[str], other_columns_to_retain: list[str]
    ) -> str:
        """One row per combination of the arrays' elements; rows with an empty array vanish."""
        exploded = [f"exploded_{n}.value::varchar as {column}" for n, column in enumerate(columns_to_explode)]
        retained = [f"source.{column}" for column in other_columns_to_retain]
        laterals = [
            f", lateral flatten(input => source.{column}) as exploded_{n}"
            for n, column in enumerate(columns_to_explode)
        ]
        return f"select {', '.join(exploded + retained)} from {tbl_name} as source{''.join(laterals)}"
