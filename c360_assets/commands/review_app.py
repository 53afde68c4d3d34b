"""`c360 review …`: what a steward sees and decides, in the terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

review = typer.Typer(help="Settle doubtful matches: see the evidence, decide, preview, approve, revoke.")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
By = Annotated[str | None, typer.Option(help="Who decides; default: C360_STEWARD, else the system's user.")]
Reason = Annotated[str | None, typer.Option(help="Why; shown with the decision ever after.")]
Kind = Annotated[str | None, typer.Option(help="Only person or organization.")]
Limit = Annotated[int, typer.Option(min=1, help="How many.")]


@contextmanager
def _told() -> Iterator[None]:
    """What a person can mend is told in a sentence."""
    from c360_assets.identity.settings import MatchSettingsError
    from c360_assets.identity.stewardship.settings import StewardError

    try:
        yield
    except (StewardError, MatchSettingsError) as error:
        typer.secho(f"error: {error}", fg=typer.colors.RED, err=True)
        raise typer.Exit(2) from None


@review.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Without a command: list what waits."""
    if context.invoked_subcommand is None:
        list_open()


@review.command("list")
def list_open(limit: Limit = 20, kind: Kind = None, as_json: AsJson = False) -> None:
    """List the open pairs, the strongest first."""
    from c360_assets.commands.review import run_list

    with _told():
        run_list(limit, kind, as_json)


@review.command()
def failures(limit: Limit = 100, as_json: AsJson = False) -> None:
    """List the rows that destinations do not take, each with the destination's own reason."""
    from c360_assets.commands.review_failures import run_failures

    run_failures(limit, as_json)


@review.command("next")
def next_pair(kind: Kind = None, by: By = None, as_json: AsJson = False) -> None:
    """Show the next pair side by side with its evidence; in a terminal, ask and go on."""
    from c360_assets.commands.review import run_next

    with _told():
        run_next(kind, by, as_json, interactive=sys.stdin.isatty() and sys.stdout.isatty() and not as_json)


@review.command()
def show(record_l: str, record_r: str, as_json: AsJson = False) -> None:
    """Show any two records side by side with their evidence."""
    from c360_assets.commands.review import run_show

    with _told():
        run_show(record_l, record_r, as_json)


@review.command()
def decide(
    record_l: str,
    record_r: str,
    verdict: Annotated[str, typer.Argument(help="same, different or unsure.")],
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Decide about two records."""
    from c360_assets.commands.review import run_decide

    with _told():
        run_decide(record_l, record_r, verdict, by, reason, as_json)


@review.command()
def label(
    record_l: Annotated[str | None, typer.Argument(help="None: ask about one drawn pair after the other.")] = None,
    record_r: str | None = None,
    verdict: Annotated[str | None, typer.Argument(help="same, different or unsure.")] = None,
    by: By = None,
) -> None:
    """Label pairs that `c360 evaluate --draw` drew. A label is no decision: it changes no match."""
    from c360_assets.commands.review_label import run_label

    with _told():
        run_label(record_l, record_r, verdict, by)


@review.command()
def merge(profile: str, other: str, reason: Reason = None, by: By = None, as_json: AsJson = False) -> None:
    """Decide that two profiles are one customer."""
    from c360_assets.commands.review import run_merge

    with _told():
        run_merge(profile, other, by, reason, as_json)


@review.command()
def split(
    profile: str,
    records: Annotated[list[str], typer.Argument(help="The records that are another customer's.")],
    reason: Reason = None,
    by: By = None,
    as_json: AsJson = False,
) -> None:
    """Decide that records do not belong to a profile, and never will."""
    from c360_assets.commands.review import run_split

    with _told():
        run_split(profile, tuple(records), by, reason, as_json)


@review.command()
def decisions(
    everything: Annotated[bool, typer.Option("--all", help="Revoked ones too.")] = False, as_json: AsJson = False
) -> None:
    """List the decisions that stand."""
    from c360_assets.commands.review import run_decisions

    with _told():
        run_decisions(everything, as_json)


@review.command()
def approve(decision: str, by: By = None) -> None:
    """Let a decision take effect that waits for a second person."""
    from c360_assets.commands.review import run_approve

    with _told():
        run_approve(decision, by)


@review.command()
def revoke(decision: str, reason: Reason = None, by: By = None) -> None:
    """Take a decision back; it stays on record."""
    from c360_assets.commands.review import run_revoke

    with _told():
        run_revoke(decision, by, reason)


@review.command()
def conflicts(as_json: AsJson = False) -> None:
    """List decisions that contradict each other, and those that a contradiction in the data stops."""
    from c360_assets.commands.review import run_conflicts

    with _told():
        run_conflicts(as_json)


@review.command()
def preview(
    decision: Annotated[
        list[str] | None, typer.Argument(help="RECORD_L RECORD_R same|different; none: the decisions that wait.")
    ] = None,
    threshold: Annotated[
        list[str] | None, typer.Option(help="A match threshold, as person=0.97 or organization=0.9.")
    ] = None,
    rule: Annotated[list[str] | None, typer.Option(help="A rule's decision, as same_crm_link=review.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say what a decision, a threshold or a rule would merge and split and how many feed rows it touches."""
    from c360_assets.commands.review_preview import run_preview

    with _told():
        run_preview(decision or [], threshold or [], rule or [], as_json)
