"""How many of a value's records are strangers', against records that were drawn as the model says."""

import numpy as np
import pytest

from c360_assets.identity.term_frequency import LARGE, Sharing, expected_strangers, least_strangers


@pytest.mark.parametrize(("own", "strangers", "shape"), [(1.5, 0.3, 0.5), (4.0, 2.0, 1.0), (0.5, 5.0, 2.0)])
def test_the_mean_of_strangers_is_that_of_drawn_records(own: float, strangers: float, shape: float) -> None:
    rng = np.random.default_rng(7)
    mine = rng.poisson(own, 2_000_000)
    theirs = rng.negative_binomial(shape, shape / (shape + strangers), len(mine))
    others = mine + theirs
    # A record with c - 1 others stands for one c-th of a value.
    counts = [(int(c) + 1, int(n)) for c, n in enumerate(np.bincount(others)) if n]
    values = [(c, max(1, round(n / c))) for c, n in counts]
    found = expected_strangers(values, Sharing(own, strangers))
    for count, bearers in counts:
        if bearers > 5_000:
            drawn = theirs[others == count - 1].mean()
            assert found[count] == pytest.approx(drawn, rel=0.15, abs=0.05)


def test_a_common_value_is_nearly_all_strangers_and_a_customers_own_records_are_none() -> None:
    counts = [(1, 500), (2, 300), (3, 100), (150, 2), (LARGE + 50, 1)]
    found = expected_strangers(counts, Sharing(1.2, 0.05))
    assert found[3] < 0.5
    assert found[150] == pytest.approx(148, abs=4)
    assert found[LARGE + 50] == pytest.approx(LARGE + 48, abs=2)
    assert all(found[a] <= found[b] for a, b in zip(sorted(found), sorted(found)[1:], strict=False))


def test_a_value_that_nobody_has_is_not_asked_about() -> None:
    assert expected_strangers([], Sharing(1.0, 1.0)) == {}


def test_a_large_file_never_says_that_a_value_has_no_stranger_and_a_small_one_says_little() -> None:
    assert least_strangers(1_000_000) == least_strangers(10_000) == 1
    shares = [least_strangers(records) / records for records in (50, 1_000, 4_000)]
    assert len(set(shares)) == 1
