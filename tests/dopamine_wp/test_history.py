"""Saving and loading."""

import numpy as np
import pytest

from dopamine_wp import MLP, Adam, Dopamine1, History, tasks, train


def a_history(rule):
    net = MLP((2, 4, 1), output="sigmoid", dtype=np.float32)
    return train(net, rule, tasks.xor(), theta=net.init(3, rng=0), steps=4, rng=0)


@pytest.mark.parametrize("rule", [Dopamine1(), Adam()])
def test_everything_survives_saving_and_loading(tmp_path, rule):
    history = a_history(rule)
    loaded = History.load(history.save(tmp_path / "run.npz"))
    for name, value in vars(history).items():
        stored = getattr(loaded, name)
        if name == "state":
            assert set(stored) == set(value)
            pairs = [(stored[key], value[key]) for key in value]
        else:
            pairs = [(stored, value)]
        for first, second in pairs:
            np.testing.assert_array_equal(first, second)
            assert getattr(first, "dtype", None) == getattr(second, "dtype", None)
    assert repr(loaded) == repr(history)
    assert repr(history).startswith(f"History({rule.name}, finished: 4 steps, 3 replicas")
    assert loaded.steps == 4
    assert loaded.replicas == 3


def test_saving_takes_the_name_as_it_is_replaces_the_file_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "run"
    path.write_text("old")
    a_history(Adam()).save(path)
    assert [file.name for file in tmp_path.iterdir()] == ["run"]
    assert History.load(path).optimizer == "Adam"


def test_a_file_that_is_no_history_is_refused(tmp_path):
    text, arrays, torn = (tmp_path / name for name in ("notes.txt", "other.npz", "torn.npz"))
    text.write_text("hello")
    np.savez(arrays, about="{}")
    torn.write_bytes(a_history(Adam()).save(tmp_path / "whole.npz").read_bytes()[:500])
    for path in (text, arrays, torn):
        with pytest.raises(ValueError, match=rf"History.load: '.*{path.name}'"):
            History.load(path)
    with pytest.raises(FileNotFoundError):
        History.load(tmp_path / "missing.npz")
