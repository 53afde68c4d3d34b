"""The code location, nothing else."""

from pathlib import Path

import dagster as dg

from c360_assets.components.resources import WarehouseResource
from c360_assets.dagster_storage import keep_storage_open

keep_storage_open()


@dg.definitions
def defs() -> dg.Definitions:
    """All that Dagster deploys: what defs/ holds, and the resources it uses."""
    return dg.Definitions.merge(
        dg.load_from_defs_folder(path_within_project=Path(__file__).parent),
        dg.Definitions(
            resources={"warehouse": WarehouseResource()},
            # One process for all steps: a process each would pay the imports again before each step.
            executor=dg.in_process_executor,
        ),
    )
