"""Fixtures of sign-on: directories."""

import pytest

from signon.directory import Directory


@pytest.fixture(scope="session")
def directory(tmp_path_factory):
    """A directory that tests share; whoever changes it changes it back."""
    made = Directory(tmp_path_factory.mktemp("slapd")).start()
    yield made
    made.close()


@pytest.fixture
def own_directory(tmp_path):
    """A directory that a test may break."""
    folder = tmp_path / "slapd"
    folder.mkdir()
    made = Directory(folder).start()
    yield made
    made.close()
