from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from dbt.cli.main import dbtRunner
from typer.testing import CliRunner

from c360_assets.cli import app
from c360_assets.settings import PROJECT_ROOT
from c360_assets.sources.declared import load_declarations
from c360_assets.sources.errors import SourceError
from c360_assets.sources.inference import infer
from c360_assets.sources.scaffold import scaffold_source

LIST = "dbt/macros/normalize_sources.sql"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with nothing but the list of sources, copied from this one."""
    root = tmp_path / "repo"
    (root / "dbt" / "macros").mkdir(parents=True)
    (root / LIST).write_text((PROJECT_ROOT / LIST).read_text())
    return root


def sample(folder: Path, name: str, rows: list[dict[str, object]], delimiter: str = ",") -> Path:
    folder.mkdir(exist_ok=True)
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
        writer.writeheader()
        writer.writerows(rows)
    return folder / name


def column(path: Path, name: str) -> tuple[str, str | None]:
    found = next(c for c in infer(path).columns if c.name == name)
    return found.type, found.format


@pytest.mark.parametrize(
    ("values", "type_"),
    [
        (["1", "-20", ""], ("integer", None)),
        (["1.5", "2", "1e3"], ("number", None)),
        (["007", "12"], ("string", None)),
        (["true", "FALSE"], ("boolean", None)),
        (["0", "1"], ("integer", None)),
        (["2026-01-31", ""], ("date", None)),
        (["2026-01-31T10:00:00Z", "2026-01-31 10:00:00.5+02:00"], ("timestamp", None)),
        (["31/12/2025", "01/02/2026"], ("date", "DD/MM/YYYY")),
        (["12/31/2025", "01/02/2026"], ("date", "MM/DD/YYYY")),
        (["01/02/2026", "03/04/2026"], ("string", None)),
        (['{"a": 1}', "[]"], ("json", None)),
        (["1", "x"], ("string", None)),
        (["", ""], ("string", None)),
    ],
)
def test_a_type_is_inferred_only_where_every_value_has_it(tmp_path, values, type_):
    path = sample(tmp_path / "in", "x.csv", [{"id": f"r{i}", "value": v} for i, v in enumerate(values)])
    assert column(path, "value") == type_


def test_digits_that_name_something_stay_text(tmp_path):
    path = sample(tmp_path / "in", "x.csv", [{"phone": "5551234", "zip": "60302", "count": "3"}])
    assert [column(path, n)[0] for n in ("phone", "zip", "count")] == ["string", "string", "integer"]


def test_the_key_is_the_unique_column_that_names_something(tmp_path):
    rows = [{"at": f"2026-01-0{i}", "name": f"n{i}", "customer_id": f"c{i}"} for i in range(1, 5)]
    assert infer(sample(tmp_path / "in", "x.csv", [*rows, rows[0]])).key == ["customer_id"]
    pairs = [{"shop_id": str(i % 2), "order_id": str(i // 2), "n": "1"} for i in range(6)]
    assert infer(sample(tmp_path / "in", "y.csv", pairs)).key == ["shop_id", "order_id"]


def test_a_new_source_is_written_declared_and_listed(tmp_path, root):
    people = [
        {
            "Contact Id": f"c{i}",
            "First Name": "Ann",
            "Last Name": f"L{i}",
            "E-mail": f"a{i}@x.no",
            "Modified": "2026-01-01T00:00:00Z",
        }
        for i in range(3)
    ]
    sites = [{"id": f"s{i}", "Company Name": f"S{i}", "website": "x.no", "group": "g", "yes": "1"} for i in range(3)]
    sample(tmp_path / "in", "Contacts_2026-01-31.csv", people, delimiter=";")
    sample(tmp_path / "in", "sites.csv", sites)
    sample(tmp_path / "in", "sites_visits.csv", [{"id": f"v{i}", "site": "s1"} for i in range(3)])
    written = scaffold_source("field_app", tmp_path / "in", root)

    (system,) = load_declarations(root / "c360_assets" / "defs" / "source_snapshot")
    contact = system.object("contacts")
    assert (contact.key, contact.delimiter, contact.updated_at) == (["Contact Id"], ";", "Modified")
    assert contact.personal == ["First Name", "Last Name", "E-mail"]
    assert {o.name: o.files for o in system.objects} == {
        "contacts": "field_app/Contacts_[0-9]*.csv*",
        "sites": "field_app/sites.csv*",
        "sites_visits": "field_app/sites_visits*.csv*",
    }
    models = root / "dbt" / "models" / "normalized_record" / "field_app"
    person = (models / "field_app__person.sql").read_text()
    assert "normalize_person_from('field_app__contacts'" in person
    assert "given_name='first_name'" in person
    assert "name='company_name'" in (models / "field_app__organization.sql").read_text()
    listed = (root / LIST).read_text()
    assert listed.count("'field_app'") == 2
    assert set(written) == {
        root / "c360_assets/defs/source_snapshot/field_app/defs.yaml",
        models / "field_app.yml",
        models / "field_app__person.sql",
        models / "field_app__organization.sql",
        root / LIST,
    }


def test_parquet_brings_its_own_types(tmp_path, root):
    table = pa.table({"id": ["a"], "n": [1], "x": [1.5], "at": pa.array([0], pa.timestamp("us")), "tags": [["a"]]})
    pq.write_table(table, tmp_path / "events.parquet")
    scaffold_source("app", tmp_path / "events.parquet", root)
    (system,) = load_declarations(root / "c360_assets" / "defs" / "source_snapshot")
    assert {n: c.type for n, c in system.object("events").columns.items()} == {
        "id": "string", "n": "integer", "x": "number", "at": "timestamp", "tags": "json"
    }  # fmt: skip


def test_nothing_is_overwritten_and_bad_names_and_folders_are_refused(tmp_path, root):
    path = sample(tmp_path / "in", "x.csv", [{"id": "1"}])
    scaffold_source("app", path, root)
    with pytest.raises(SourceError, match="exists already"):
        scaffold_source("app", path, root)
    with pytest.raises(SourceError, match="small letters"):
        scaffold_source("My App", path, root)
    with pytest.raises(SourceError, match="does not exist"):
        scaffold_source("other", tmp_path / "nowhere", root)
    (tmp_path / "empty").mkdir()
    with pytest.raises(SourceError, match=r"has no \.csv"):
        scaffold_source("other", tmp_path / "empty", root)
    with pytest.raises(SourceError, match="no rows"):
        (tmp_path / "in" / "h.csv").write_text("id,name\n")
        scaffold_source("other", tmp_path / "in" / "h.csv", root)


def test_the_files_of_several_days_are_one_object_and_tomorrows_file_is_of_it(tmp_path, root):
    for day in ("2026-01-30", "2026-01-31"):
        sample(tmp_path / "in", f"Deals_{day}.csv", [{"id": "d1", "amount": "1"}])
    sample(tmp_path / "in", "Deals_archive.csv", [{"id": "d0", "amount": "1"}])
    scaffold_source("app", tmp_path / "in", root)
    (system,) = load_declarations(root / "c360_assets" / "defs" / "source_snapshot")
    files = {o.name: o.files for o in system.objects}
    assert files == {"deals": "app/Deals_[0-9]*.csv*", "deals_archive": "app/Deals_archive*.csv*"}


def test_a_column_is_mapped_only_where_its_values_look_so(tmp_path, root):
    contents = [("https://x.no/a", "none"), ("see remarks", "n/a"), ("ring first, then x.no", "a@x.no")]
    sites = [{"id": f"s{w}", "Name": "S", "City": "Oslo", "Website": w, "Email": e} for w, e in contents]
    sample(tmp_path / "in", "sites.csv", sites)
    sample(tmp_path / "in", "shops.csv", [{"id": "1", "Name": "S", "Website": "www.x.no", "Email": "a@x.no"}])
    scaffold_source("app", tmp_path / "in", root, "organization")
    shops, sites = (root / "dbt/models/normalized_record/app/app__organization.sql").read_text().split("union all")
    assert "website='website'" in shops and "email='email'" in shops
    assert "website=" not in sites and "email=" not in sites
    assert "Not used: id, website, email." in sites


def test_slipped_headers_are_seen_through_by_the_values_and_hide_no_personal_data(tmp_path, root):
    slipped = {"id": "1", "Name": "S", "Phone": "1 234", "E-mail": "10/01/15", "Note": "www.x.no", "Remark": "a@x.no"}
    twice = slipped | {"Fax": "b@x.no"}
    sample(tmp_path / "in", "shops.csv", [slipped])
    sample(tmp_path / "in", "sites.csv", [twice])
    scaffold_source("app", tmp_path / "in", root, "organization")
    shops, sites = (root / "dbt/models/normalized_record/app/app__organization.sql").read_text().split("union all")
    assert "email='remark'" in shops and "website='note'" in shops
    assert "email=" not in sites
    (system,) = load_declarations(root / "c360_assets" / "defs" / "source_snapshot")
    assert {"Remark"} <= set(next(o.personal for o in system.objects if o.name == "shops"))


def test_the_user_says_what_a_record_describes_and_facts_stay_facts(tmp_path, root):
    sample(tmp_path / "in", "clubs.csv", [{"id": "1", "Name": "Ann's", "e-mail": "a@x.no"}])
    sample(tmp_path / "in", "visits.csv", [{"id": "1", "club": "1", "at": "2026-01-01"}])
    scaffold_source("as_it_looks", tmp_path / "in", root)
    scaffold_source("as_said", tmp_path / "in", root, "person")
    models = root / "dbt" / "models" / "normalized_record"
    assert [p.name for p in sorted((models / "as_it_looks").glob("*.sql"))] == ["as_it_looks__organization.sql"]
    assert [p.name for p in sorted((models / "as_said").glob("*.sql"))] == ["as_said__person.sql"]
    assert "visits" not in (models / "as_said" / "as_said__person.sql").read_text()
    with pytest.raises(SourceError, match="no column looks like one of a person's"):
        scaffold_source("nobody", tmp_path / "in" / "visits.csv", root, "person")
    assert not (models / "nobody").exists()


def test_the_command_line_writes_a_source_and_says_what_is_left_to_do(tmp_path, root, monkeypatch):
    monkeypatch.setattr("c360_assets.commands.new.PROJECT_ROOT", root)
    sample(tmp_path / "in", "sites.csv", [{"id": "1", "Site name": "S", "Address": "1 A St", "Progmod": "x"}])
    arguments = ["new", "source", "lists", "--from", str(tmp_path / "in"), "--entity", "organization"]
    result = CliRunner().invoke(app, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    assert "wrote c360_assets/defs/source_snapshot/lists/defs.yaml" in result.output
    assert "lists/ of the landing zone" in result.output
    model = (root / "dbt/models/normalized_record/lists/lists__organization.sql").read_text()
    assert "-- Not used: id, progmod." in model
    with pytest.raises(SourceError, match="use person or organization"):
        CliRunner().invoke(app, [*arguments[:-1], "robot"], catch_exceptions=False)


@pytest.fixture
def whole_root(tmp_path: Path) -> Path:
    """This repository's dbt project, copied."""
    root = tmp_path / "repo"
    shutil.copytree(PROJECT_ROOT / "dbt", root / "dbt", ignore=shutil.ignore_patterns("target", "logs"))
    shutil.copy(PROJECT_ROOT / ".sqlfluff", root)
    return root


@pytest.mark.slow
def test_what_is_written_parses_in_dbt_and_passes_the_linter(tmp_path, whole_root, monkeypatch):
    people = [{"id": f"p{i}", "First Name": "Ann", "Last Name": "Lee", "order": "1", "2nd line": "x"} for i in range(2)]
    sites = [{"id": f"s{i}", "Company": f"S{i}", "web": "x.no", "Group": "g", "Long note on it": "y"} for i in range(2)]
    sample(tmp_path / "in", "Contacts_2026-01-31.csv", people)
    sample(tmp_path / "in", "sites.csv", sites)
    sample(tmp_path / "in", "branches_of_the_company_in_all_the_countries_and_regions.csv", sites)
    sample(tmp_path / "in", "visits.csv", [{"id": f"v{i}", "site": "s1"} for i in range(2)])
    scaffold_source("field_app", tmp_path / "in", whole_root)

    monkeypatch.setenv("C360_DATABASE", "C360")
    project = ["--project-dir", whole_root / "dbt", "--profiles-dir", whole_root / "dbt"]
    paths = [*project, "--target-path", tmp_path / "target", "--log-path", tmp_path / "logs"]
    parsed = dbtRunner().invoke(["parse", "--quiet", *map(str, paths)])
    assert parsed.success, parsed.exception
    nodes, sources = parsed.result.nodes, parsed.result.sources
    model = nodes["model.c360.field_app__organization"]
    assert set(model.depends_on.nodes) == {
        "source.c360.source_snapshot.field_app__sites",
        "source.c360.source_snapshot.field_app__branches_of_the_company_in_all_the_countries_and_r",
    }
    assert "model.c360.field_app__person" in nodes["model.c360.person_input"].depends_on.nodes
    assert model.unique_id in nodes["model.c360.organization_input"].depends_on.nodes
    assert "source.c360.source_snapshot.field_app__visits" in sources
    folder = whole_root / "dbt/models/normalized_record/field_app"
    lint = subprocess.run(
        [sys.executable, "-m", "sqlfluff", "lint", folder], cwd=whole_root, capture_output=True, text=True, check=False
    )
    assert lint.returncode == 0, lint.stdout
