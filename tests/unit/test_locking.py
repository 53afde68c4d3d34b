"""The writer lock: one process writes, the others are told who does."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from c360_assets.components.stage_run import held_job
from c360_assets.locking import RunInProgressError, delivery_lock, writer_lock
from c360_assets.settings import load_settings

HOLDER = """
import sys
from c360_assets.locking import writer_lock
from c360_assets.settings import load_settings
with writer_lock(load_settings({"C360_HOME": sys.argv[1]}), name=sys.argv[2]):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def holder(tmp_path: Path, request: pytest.FixtureRequest):
    name = getattr(request, "param", "writer")
    child = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path), name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    yield child
    child.kill()
    child.wait()


def test_a_second_process_is_refused_and_told_which_process_writes(tmp_path: Path, holder: subprocess.Popen):
    settings = load_settings({"C360_HOME": str(tmp_path)})
    with pytest.raises(RunInProgressError, match=f"process {holder.pid}"), writer_lock(settings, wait=False):
        pytest.fail("the lock was given twice")


def test_a_killed_writer_leaves_no_lock_behind(tmp_path: Path, holder: subprocess.Popen):
    holder.kill()
    holder.wait()
    with writer_lock(load_settings({"C360_HOME": str(tmp_path)}), wait=False):
        assert (tmp_path / "writer.lock").read_text() == str(os.getpid())


def test_one_process_may_take_it_again(tmp_path: Path):
    settings = load_settings({"C360_HOME": str(tmp_path)})
    with writer_lock(settings), writer_lock(settings, wait=False):
        assert (tmp_path / "writer.lock").exists()


@pytest.mark.parametrize("holder", [delivery_lock("crm")], indirect=True)
def test_a_delivery_under_way_is_known_by_its_lock_until_it_ends(tmp_path: Path, holder: subprocess.Popen):
    settings = load_settings({"C360_HOME": str(tmp_path)})
    jobs = ("activation_feed.crm_delivery", "activation_feed.support_delivery", "golden_profile.person")

    def free() -> list[bool]:
        found = []
        for job in jobs:
            with held_job(settings, job) as is_free:
                found.append(is_free)
        return found

    assert free() == [False, True, True]
    holder.kill()
    holder.wait()
    assert free() == [True, True, True]
