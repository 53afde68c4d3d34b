from __future__ import annotations

import pytest

from c360_assets.sources.declared import declared_system
from c360_assets.sources.errors import SourceError
from c360_assets.sources.landing import check_landing, extracts, landed_files, natural, stem_of


def system(extract: str = "full", files: str = "shop/orders*.csv*"):
    return declared_system(
        {
            "system": "shop",
            "kind": "ecommerce",
            "title": "Shop",
            "owner": "team:shop",
            "cadence": "daily",
            "transformation": "None.",
            "sensitivity": "internal",
            "consent_relevance": "None.",
            "objects": [
                {"name": "order", "files": files, "extract": extract, "key": ["id"], "columns": {"id": "string"}}
            ],
        },
        "test",
    )


def landed(tmp_path, names, extract="full"):
    (tmp_path / "shop").mkdir(exist_ok=True)
    for name in names:
        (tmp_path / "shop" / name).write_text(name)
    order = system(extract).object("order")
    return extracts(landed_files(tmp_path, order), order)


def test_parts_of_a_full_extract_are_one_extract(tmp_path):
    found = landed(tmp_path, ["orders.part-0002.csv.gz", "orders.part-0001.csv.gz", "orders-10.csv", "orders-9.csv"])
    assert [(e.stem, [f.name for f in e.files]) for e in found] == [
        ("shop/orders", ["shop/orders.part-0001.csv.gz", "shop/orders.part-0002.csv.gz"]),
        ("shop/orders-9", ["shop/orders-9.csv"]),
        ("shop/orders-10", ["shop/orders-10.csv"]),
    ]
    assert not any(e.fault for e in found)


def test_a_missing_part_faults_the_extract(tmp_path):
    (found,) = landed(tmp_path, ["orders.part-0001.csv", "orders.part-0003.csv"])
    assert found.fault == "part 2 of the extract is missing"


def test_two_files_of_one_name_are_no_extract(tmp_path):
    (found,) = landed(tmp_path, ["orders.csv", "orders.csv.gz"])
    assert "several files of one name" in found.fault


def test_incremental_files_stand_alone_and_in_natural_order(tmp_path):
    found = landed(tmp_path, ["orders-10.csv", "orders-9.csv", ".orders-1.csv", "orders-11.csv.tmp"], "incremental")
    assert [e.files[0].name for e in found] == ["shop/orders-9.csv", "shop/orders-10.csv"]


def test_the_snapshot_id_depends_on_content_alone(tmp_path):
    (one,) = landed(tmp_path, ["orders.csv"])
    (again,) = landed(tmp_path, ["orders.csv"])
    assert one.snapshot_id == again.snapshot_id
    assert len(one.snapshot_id) == 16
    (tmp_path / "shop" / "orders.csv").write_text("other")
    order = system().object("order")
    (other,) = extracts(landed_files(tmp_path, order), order)
    assert other.snapshot_id != one.snapshot_id


def test_a_broken_link_is_a_fault_not_a_crash(tmp_path):
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "orders.csv").symlink_to(tmp_path / "nowhere")
    (found,) = landed_files(tmp_path, system().object("order"))
    assert "cannot be opened" in found.fault


def test_names_sort_as_people_count():
    assert sorted(["a10", "a9", "b", "a"], key=natural) == ["a", "a9", "a10", "b"]
    assert stem_of("x/Account.part-0001.csv.gz") == stem_of("x/Account.csv") == "x/Account"


@pytest.mark.parametrize("make", ["nothing", "file", "empty"])
def test_a_landing_zone_without_extracts_says_what_was_expected_where(tmp_path, make):
    zone = tmp_path / "landing"
    if make == "file":
        zone.write_text("")
    elif make == "empty":
        zone.mkdir()
    with pytest.raises(SourceError) as error:
        check_landing(zone, [system()])
    assert str(zone) in str(error.value)
    assert "shop/orders*.csv*" in str(error.value)
    assert "--sources" in str(error.value)


def test_objects_without_a_file_are_named_while_others_have_some(tmp_path):
    landed(tmp_path, ["orders.csv"])
    both = [system(), system(files="shop/customers*.csv")]
    assert check_landing(tmp_path, both) == ["shop:order (shop/customers*.csv)"]
