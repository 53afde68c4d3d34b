"""How Splink's comparison levels, sampling and blocking are said in Snowflake SQL.

Every level of Splink's library means what it means on DuckDB; `rewriting.py` says how, where a name is not enough.
Two things differ, and neither changes a weight:

- `HASH` differs from DuckDB's: a sample drawn by hash holds other records, with the same distribution.
- Jaccard of an empty text is 0; DuckDB fails on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from splink.internals.dialects import SplinkDialect

from c360_assets.identity.splink_backend.datetime_formats import snowflake_format
from c360_assets.identity.splink_backend.functions import PREFIX
from c360_assets.identity.splink_backend.rewriting import EXTREME, TRANSFORM
from c360_assets.identity.splink_backend.values import text_literal

if TYPE_CHECKING:
    from splink.internals.comparison_level_library import AbsoluteTimeDifferenceLevel, ArrayIntersectLevel


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
        return PREFIX + "levenshtein"

    @property
    def damerau_levenshtein_function_name(self) -> str:
        """Edit distance in which neighbours may change places."""
        return PREFIX + "damerau_levenshtein"

    @property
    def jaro_function_name(self) -> str:
        """Jaro similarity, from 0 to 1."""
        return PREFIX + "jaro"

    @property
    def jaro_winkler_function_name(self) -> str:
        """Jaro-Winkler similarity, from 0 to 1."""
        return PREFIX + "jaro_winkler"

    @property
    def jaccard_function_name(self) -> str:
        """Jaccard similarity of the units of two texts."""
        return PREFIX + "jaccard"

    @property
    def cosine_similarity_function_name(self) -> str:
        """Cosine similarity of two ARRAY or VECTOR columns."""
        return PREFIX + "cosine"

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
        """The extreme of a pairwise distance: which one, the function that Splink pairs it with knows."""
        return EXTREME

    @property
    def array_min_function_name(self) -> str:
        """As `array_max_function_name`."""
        return EXTREME

    @property
    def array_transform_function_name(self) -> str:
        """A mark: Splink's nested lambdas become one function."""
        return TRANSFORM

    @property
    def hash_function_name(self) -> str:
        """A signed 64-bit hash."""
        return "hash"

    def hash_function_expression(self, col_expression: str) -> str:
        """A hash whose absolute value, which Splink takes for its chunks, is of 64 bits too."""
        return f"(hash({col_expression}) % {2**62})"

    def hash_bucket_expression(self, col_expression: str, modulus: int) -> str:
        """A bucket from 0 to modulus - 1, of the whole hash."""
        return f"((hash({col_expression}) % {modulus}) + {modulus}) % {modulus}"

    def array_intersect(self, clc: ArrayIntersectLevel) -> str:
        """At least so many different elements in common; a null is no element."""
        clc.col_expression.sql_dialect = self
        column = clc.col_expression
        common = f"array_distinct(array_compact(array_intersection({column.name_l}, {column.name_r})))"
        return f"array_size({common}) >= {clc.min_intersection}"

    def absolute_time_difference(self, clc: AbsoluteTimeDifferenceLevel) -> str:
        """Two dates or timestamps at most so many seconds apart.

        Microseconds: DATEDIFF counts the borders that lie between, so that 0.9 s and 1.1 s are a second apart.
        """
        clc.col_expression.sql_dialect = self
        column = clc.col_expression
        most = round(clc.time_threshold_seconds * 1_000_000)
        return f"abs(datediff('microsecond', {column.name_l}, {column.name_r})) <= {most}"

    def absolute_date_difference(self, clc: AbsoluteTimeDifferenceLevel) -> str:
        """As `absolute_time_difference`; Snowflake counts the time of dates too."""
        return self.absolute_time_difference(clc)

    def _try_parse_date_raw(self, name: str, date_format: str | None = None) -> str:
        return f"try_to_date({name}, {text_literal(snowflake_format(date_format or 'YYYY-MM-DD'))})"

    def _try_parse_timestamp_raw(self, name: str, timestamp_format: str | None = None) -> str:
        written = snowflake_format(timestamp_format or "%Y-%m-%dT%H:%M:%SZ")
        return f"try_to_timestamp_ntz({name}, {text_literal(written)})"

    def _regex_extract_raw(self, name: str, pattern: str, capture_group: int = 0) -> str:
        # Snowflake numbers groups from one; the whole match is what it gives when none is asked for.
        group = f", 1, 1, 'e', {capture_group}" if capture_group else ""
        return f"regexp_substr({name}, {text_literal(pattern)}{group})"

    def access_extreme_array_element(self, name: str, first_or_last: Literal["first", "last"]) -> str:
        """The first or the last element of an array, as text.

        Raises:
            ValueError: neither 'first' nor 'last' was asked for.
        """
        if first_or_last == "first":
            return f"{name}[0]::varchar"
        if first_or_last == "last":
            return f"array_reverse({name})[0]::varchar"
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
