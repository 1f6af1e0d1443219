"""What all tests share: an untouched environment."""

import pytest


@pytest.fixture(autouse=True)
def in_own_folder(tmp_path, monkeypatch, request):
    """Run each test in an empty folder, so that no store or result lands in the checkout.

    Doctests of the documentation run there too.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("IVISIT_DB", raising=False)
    monkeypatch.delenv("IVISIT_PATH", raising=False)
