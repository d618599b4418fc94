"""What the tests of faults share."""

import random

import pytest


@pytest.fixture
def chance():
    """Random moments; what pytest shows of a failure names the seed."""
    seed = random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}")
    return random.Random(seed)
