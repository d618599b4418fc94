"""What the server does not do yet."""

import pytest


def not_yet(what):
    """Fails as soon as the server does it, so that nobody forgets to require it."""
    return pytest.mark.xfail(strict=True, reason=what)
