"""What all tests and doctests share: an untouched environment."""

import pytest
from hypothesis import settings

# How long an example takes depends on who else uses the machine.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

#: Running these is not importing them.
collect_ignore_glob = ["*/__main__.py", "*/typing_of_*.py", "tests/ivisit/legacy/scripts/*"]


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch, request):
    """Run each test in an empty folder, so that no store or result lands in the checkout.

    Doctests of the documentation run there too.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)
    monkeypatch.delenv("IVISIT_PATH", raising=False)
    monkeypatch.setenv("IVISIT_SETTINGS", str(tmp_path / "window.json"))
