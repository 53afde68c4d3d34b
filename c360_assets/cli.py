"""`c360 …`: the command line. Each command is a module in commands/."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from c360_assets.collector import collect_rarely
from c360_assets.commands.review_app import review

app = typer.Typer(
    help="Customer 360: one trusted, traceable profile per customer.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
new = typer.Typer(help="Write what a new source or destination needs.", no_args_is_help=True)
app.add_typer(new, name="new")
app.add_typer(review, name="review")

Purpose = Annotated[
    str | None, typer.Option(help="What it is needed for; without a purpose personal data stay masked.")
]
Actor = Annotated[str | None, typer.Option(help="Who looks; default: the user of this machine.")]
JsonFile = Annotated[Path | None, typer.Option("--json", help="Also write the result to this file as JSON.")]


@app.command()
def sample(
    out: Annotated[Path | None, typer.Option(help="Folder for the extracts; default: the landing zone.")] = None,
    records: Annotated[int, typer.Option(min=100, help="Rows over all extracts.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 7,
    changes: Annotated[
        float | None, typer.Option(min=0.0, max=1.0, help="Write the next day: this share of records changes.")
    ] = None,
) -> None:
    """Make the extracts of a sample company, or its next day."""
    from c360_assets.commands.sample import run_sample

    run_sample(out, records, seed, changes)


@app.command()
def run(
    sources: Annotated[Path | None, typer.Option(help="Folder with the extracts; default: the landing zone.")] = None,
    full_rebuild: Annotated[bool, typer.Option(help="Build every stage anew from the snapshots.")] = False,
    sample_records: Annotated[
        int | None, typer.Option("--sample", help="Make a sample of this size first if the landing zone is empty.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of that sample.")] = 7,
    accept_churn: Annotated[
        bool, typer.Option(help="Publish although more profiles change their ids than the churn budget allows.")
    ] = False,
    json_file: JsonFile = None,
) -> None:
    """Materialise everything through Dagster and print a summary."""
    from c360_assets.commands.run import run_pipeline

    raise typer.Exit(run_pipeline(sources, full_rebuild, sample_records, seed, json_file, accept_churn))


@app.command()
def ui(
    host: Annotated[str, typer.Option(help="Address that the Dagster UI listens on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 3000,
    console_port: Annotated[int, typer.Option(help="The console's port, on this machine only.")] = 3001,
) -> None:
    """Open the Dagster UI and the console; they stay in the foreground."""
    from c360_assets.commands.ui import run_ui

    raise typer.Exit(run_ui(host, port, console_port))


@app.command()
def sql(
    statement: Annotated[str, typer.Argument(help="One Snowflake SQL statement.")],
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per row.")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV with a header.")] = False,
) -> None:
    """Query the configured warehouse."""
    from c360_assets.commands.sql import run_sql

    run_sql(statement, as_json, as_csv)


@app.command()
def doctor() -> None:
    """Check configuration, connection, rights and versions, and say how to mend what is wrong."""
    from c360_assets.commands.doctor import run_doctor

    raise typer.Exit(run_doctor())


@app.command()
def sync(
    destination: Annotated[str | None, typer.Argument(help="A declared destination; default: all.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would be told, and tell nothing.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Tell exactly what the last plan shows, or refuse.")] = False,
    consent: Annotated[
        bool, typer.Option("--consent", help="Tell refusals of consent alone, straight from the landing zone.")
    ] = False,
    approve: Annotated[str | None, typer.Option(metavar="PLAN", help="Let a plan go that waits for a person.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Bring destinations up to date with their feeds; with --plan and --apply in two steps."""
    from c360_assets.commands.sync import run_consent, run_sync

    if consent:
        raise typer.Exit(run_consent(destination, as_json))
    raise typer.Exit(run_sync(destination, plan, apply, approve, as_json))


@app.command()
def evaluate(
    truth: Annotated[Path | None, typer.Option(help="Parquet file with the true entity of each record.")] = None,
    draw: Annotated[int | None, typer.Option(min=20, help="Draw so many pairs for a steward to label.")] = None,
    seed: Annotated[int, typer.Option(help="The same seed draws the same pairs.")] = 1,
    json_file: JsonFile = None,
) -> None:
    """Say how right the clusters are: against a truth, or estimated from drawn pairs that a steward labelled."""
    from c360_assets.commands.evaluate import run_draw, run_estimate, run_evaluate

    if truth and draw:
        raise typer.BadParameter("--truth scores against a truth and --draw is for where none is known; give one.")
    if truth:
        run_evaluate(truth, json_file)
    elif draw:
        run_draw(draw, seed, json_file)
    else:
        raise typer.Exit(run_estimate(json_file))


@app.command("profile-history")
def profile_history(
    profile: Annotated[str, typer.Argument(help="A profile id, also one that was merged or retired.")],
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"], help="A time in UTC; default: now."
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a profile id was at a time: its records, and where its redirect leads."""
    from c360_assets.commands.profile_history import run_profile_history

    raise typer.Exit(run_profile_history(profile, at, as_json))


@app.command()
def relations(
    profile: Annotated[str, typer.Argument(help="A profile id.")],
    at: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S"],
            help="Only those that held at a time in UTC; default: all, with their beginnings and ends.",
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say what a profile is related to, since when and by whose word, and the figures of its group."""
    from c360_assets.commands.relations import run_relations

    raise typer.Exit(run_relations(profile, at, as_json))


@app.command()
def find(
    value: Annotated[str, typer.Argument(help="A profile id, source record, e-mail address, phone number or name.")],
    purpose: Purpose = None,
    by: Actor = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say which profiles a value leads to; who looked is written down."""
    from c360_assets.commands.trace import run_find

    raise typer.Exit(run_find(value, purpose, by, as_json))


@app.command()
def trace(
    profile: Annotated[str | None, typer.Argument(help="A profile id; `c360 find` finds it.")] = None,
    record: Annotated[str | None, typer.Option(help="A source record, system:object:id, to follow forward.")] = None,
    field: Annotated[str | None, typer.Option(help="Only this field; with --record also a source's column.")] = None,
    delivery: Annotated[
        str | None, typer.Option(help="Why the profile was in this delivery: a batch of its receipts.")
    ] = None,
    at: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M:%S.%f"],
            help="A time in UTC; default: now.",
        ),
    ] = None,
    purpose: Purpose = None,
    by: Actor = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as lineage/schemas describes it.")] = False,
) -> None:
    """Trace a profile back to its sources and forward to its deliveries, or a source record forward."""
    from c360_assets.commands.trace import run_trace

    raise typer.Exit(run_trace(profile, record, field, delivery, at, purpose, by, as_json))


@app.command()
def verify(
    everything: Annotated[bool, typer.Option("--all", help="All profiles; the default.")] = False,
    sample: Annotated[int | None, typer.Option(min=1, help="Only this many profiles, taken at random.")] = None,
    seed: Annotated[int, typer.Option(help="Seed of that choice.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, as lineage/schemas describes it.")] = False,
) -> None:
    """Replay the ledger from the snapshots and check the hash chains; exit code 1 where something was altered."""
    from c360_assets.commands.verify import run_verify

    if everything and sample:
        raise typer.BadParameter("--all and --sample exclude each other.")
    raise typer.Exit(run_verify(sample, seed, as_json))


@app.command()
def events(
    out: Annotated[Path, typer.Option(help="JSON-lines file to write.")],
    check: Annotated[bool, typer.Option(help="Tell what is wrong with them; exit code 1 where something is.")] = False,
) -> None:
    """Write all recorded OpenLineage events to a file."""
    from c360_assets.commands.events import run_events

    run_events(out, check)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def dbt(context: typer.Context) -> None:
    """Run dbt on the project with the configured connection, for example `c360 dbt docs generate`."""
    from c360_assets.commands.dbt import run_dbt

    raise typer.Exit(run_dbt(context.args))


@app.command()
def reset(
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
) -> None:
    """Stop the engine and remove the state under C360_HOME (the embedded warehouse with it)."""
    from c360_assets.commands.reset import run_reset

    run_reset(yes)


@new.command("source")
def new_source(
    name: Annotated[str, typer.Argument(help="The system's name, for example `pipedrive`.")],
    files: Annotated[Path, typer.Option("--from", help="Folder or file with an extract to look at.")],
    entity: Annotated[
        str | None, typer.Option(help="What a record describes: person or organization; default: as its columns look.")
    ] = None,
) -> None:
    """Declare a source from a look at its extract, and write its dbt models to complete."""
    from c360_assets.commands.new import run_new_source

    run_new_source(name, files, entity)


@new.command("destination")
def new_destination(name: Annotated[str, typer.Argument(help="The destination's name, for example `braze`.")]) -> None:
    """Declare a destination and write its feed model to complete."""
    from c360_assets.commands.new import run_new_destination

    run_new_destination(name)


def main() -> None:
    """Entry point: errors that a person can mend are told in a sentence, without a traceback."""
    from c360_assets.errors import MENDABLE

    collect_rarely()
    try:
        app()
    except KeyboardInterrupt:
        typer.secho("interrupted; run the same command again to go on", err=True)
        sys.exit(130)
    except Exception as error:
        if told := _full_disk(error):
            # On a line of its own: what was being logged meanwhile may have been cut off.
            typer.secho(f"\nerror: {told}", fg=typer.colors.RED, err=True)
            sys.exit(1)
        if not isinstance(error, MENDABLE):
            raise
        typer.secho(f"error: {error}", fg=typer.colors.RED, err=True)
        sys.exit(2)


def _full_disk(error: Exception) -> str | None:
    from c360_assets.full_disk import tell_full_disk
    from c360_assets.settings import SettingsError, load_settings

    return None if isinstance(error, SettingsError) else tell_full_disk(error, load_settings().home)


if __name__ == "__main__":
    main()
