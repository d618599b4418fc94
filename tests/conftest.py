"""Fixtures: an appliance on each engine, and one that serves."""

import itertools

import pytest

from appliance import BINARY, POSTGRES, Appliance


def pytest_configure():
    if not BINARY:
        raise pytest.UsageError("TAKEHOLD_BIN names no binary: run these tests through tests/run")


@pytest.fixture(scope="module")
def new_appliance(tmp_path_factory):
    """Makes appliances that end with the module."""
    made, number = [], itertools.count()

    def make(engine="sqlite"):
        if engine == "postgres" and not POSTGRES:
            pytest.fail("TAKEHOLD_TEST_POSTGRES names no server: tests/run starts one")
        made.append(Appliance(tmp_path_factory.mktemp(f"appliance{next(number)}"), engine))
        return made[-1]

    yield make
    for appliance in made:
        appliance.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def engine(request):
    return request.param


@pytest.fixture(scope="module")
def appliance(new_appliance):
    """A server on SQLite, shared by the tests of a module."""
    return new_appliance().start()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """Tests that share an appliance run in one process, the others anywhere."""
    for item in items:
        group = [item.nodeid]
        if {"appliance", "filled", "installed"} & set(item.fixturenames):
            parameters = item.callspec.params if hasattr(item, "callspec") else {}
            group = [item.module.__name__, parameters.get("engine"), getattr(parameters.get("filled"), "__name__", None)]
        item.add_marker(pytest.mark.xdist_group("-".join(filter(None, group))))
