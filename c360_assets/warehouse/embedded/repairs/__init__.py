"""What the engine does differently from fakesnow so that it does as Snowflake does: one repair per module.

A statement meets the repairs in four places: `answer` (the engine answers itself), `rewrite` (the Snowflake tree,
before fakesnow translates it), `finish` (the translated tree, before DuckDB runs it) and `after` (it has run).
"""

from __future__ import annotations

import logging
import traceback
from typing import TYPE_CHECKING

from sqlglot import exp

from c360_assets.warehouse.embedded.functions.calls import rewrite_calls
from c360_assets.warehouse.embedded.repairs import (
    arrays,
    clone,
    column_comments,
    comments,
    constraints_not_enforced,
    context_functions,
    copy_into_temporary,
    ddl_commits,
    describe_table,
    empty_comments,
    exact_sums,
    flatten,
    function_statements,
    grants,
    guards,
    hash_values,
    integers,
    last_query,
    merge,
    object_agg,
    object_construct,
    qualified_stars,
    random_numbers,
    refusals,
    reloaded_files,
    session_parameters,
    several_statements,
    similarities,
    small_statements,
    split_to_table,
    stages,
    temporary_objects,
    timestamps,
    transactions,
    trim,
    trying_casts,
    variants,
)
from c360_assets.warehouse.embedded.reply import Reply

if TYPE_CHECKING:
    from c360_assets.warehouse.embedded.session import Session
    from c360_assets.warehouse.embedded.statement import Statement

logger = logging.getLogger("c360_assets.warehouse.embedded")

guards.check_fakesnow()
guards.describe_every_database()
comments.install()
exact_sums.install()
copy_into_temporary.install()

_ANSWERS = (
    transactions.answer,
    session_parameters.answer,
    function_statements.answer,
    grants.answer,
    column_comments.answer,
    describe_table.answer,
    stages.answer,
)
_REWRITES = (
    constraints_not_enforced.rewrite,
    clone.rewrite,
    merge.rewrite,
    trying_casts.rewrite,
    context_functions.rewrite,
    object_agg.rewrite,
    timestamps.rewrite,
    trim.rewrite,
    hash_values.rewrite,
    split_to_table.rewrite,
    flatten.rewrite,
    variants.rewrite,
    small_statements.rewrite,
    random_numbers.rewrite,
    qualified_stars.rewrite,
    integers.rewrite,
    # Last, because it hides the names by which the others know a table.
    temporary_objects.rewrite,
)
_FINISHES = (
    trying_casts.finish,
    object_construct.finish,
    arrays.finish,
    similarities.finish,
    variants.finish,
    merge.finish,
)


def answer(statement: Statement, session: Session) -> Reply | None:
    """The engine's own answer to a statement, or None if DuckDB is to run it."""
    for repair in _ANSWERS:
        if (reply := repair(statement, session)) is not None:
            return reply
    return None


def rewrite(expression: exp.Expr, session: Session) -> exp.Expr:
    """The Snowflake tree, repaired."""
    refusals.refuse_tree(expression)
    expression = last_query.rewrite(expression, session)
    expression = rewrite_calls(expression, session.engine.functions, session.database, session.schema)
    for repair in _REWRITES:
        expression = repair(expression, session)
    return expression


def finish(expression: exp.Expr, session: Session) -> exp.Expr:
    """The translated tree, repaired."""
    for repair in _FINISHES:
        expression = repair(expression)
    return empty_comments.finish(expression, session)


def before(expression: exp.Expr, session: Session) -> None:
    """What must happen before a statement runs."""
    ddl_commits.before(expression, session)
    reloaded_files.before(expression, session)


def split(expression: exp.Expr) -> list[exp.Expr]:
    """The statement, or the several statements that DuckDB needs for it."""
    return several_statements.split(expression)


def after(expression: exp.Expr, session: Session) -> None:
    """Keep the engine's own books after a statement has run."""
    temporary_objects.after(expression, session)
    copy_into_temporary.after(expression, session)
    function_statements.after(expression, session)
    stages.after(expression, session)


def log_unexpected(error: Exception) -> None:
    """Log where an unexpected error arose, without its message (it may hold SQL text or values)."""
    places = "".join(traceback.format_tb(error.__traceback__)[-6:])
    logger.error("Unexpected %s\n%s", type(error).__name__, places)
