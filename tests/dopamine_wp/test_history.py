"""Saving and loading."""

import json
import zipfile

import numpy as np
import pytest

from dopamine_wp import MLP, RNN, WP, Adam, Dopamine1, History, tasks, train


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


def test_damaged_files_are_refused_by_name_and_never_read_as_something_else(tmp_path):
    history = a_history(Dopamine1())
    whole = history.save(tmp_path / "whole.npz").read_bytes()
    rng = np.random.default_rng(0)
    damaged, refused = tmp_path / "damaged.npz", []
    for trial in range(60):
        content = bytearray(whole)
        if trial % 2:
            content = content[: rng.integers(len(content))]
        else:
            for place in rng.integers(len(content), size=3):
                content[place] = rng.integers(256)
        damaged.write_bytes(content)
        try:
            loaded = History.load(damaged)
        except ValueError as error:
            refused.append(str(error))
        else:  # where the damage is in what nobody reads, such as times
            np.testing.assert_array_equal(loaded.theta, history.theta)
    assert len(refused) > 30
    assert all("damaged.npz" in message for message in refused)
    np.save(tmp_path / "array.npy", np.zeros(3))
    with pytest.raises(ValueError, match="array.npy.* is not a saved history"):
        History.load(tmp_path / "array.npy")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("theta", np.zeros(17)),
        ("theta", np.zeros((2, 17))),
        ("loss", np.zeros((4, 2))),
        ("failed", np.zeros(3)),
        ("fpe", np.array(["a"] * 4)),
        ("rpe", None),
        ("surplus", np.zeros(3)),
        ("status", 5),
        ("key", "a"),
        ("total_steps", 2.5),
        ("stop_loss", "a"),
        ("optimizer", None),
        ("format", "a"),
        ("format", 0),
    ],
)
def test_entries_that_do_not_fit_are_refused_by_name(name, value, tmp_path):
    with np.load(a_history(Dopamine1()).save(tmp_path / "good.npz")) as stored:
        arrays = dict(stored)
    about = json.loads(str(arrays.pop("about")))
    place = about if name in about else arrays
    place[name] = value
    if value is None:
        del place[name]
    np.savez(tmp_path / "bad.npz", about=json.dumps(about), **arrays)
    # Of two arrays that do not fit together the second one is named.
    named = "loss" if name == "theta" and np.ndim(value) == 2 else name
    with pytest.raises(ValueError, match=rf"bad.npz' is not a saved history .*\b{named}\b"):
        History.load(tmp_path / "bad.npz")


def test_numbers_of_numpy_are_saved(tmp_path):
    net = MLP((2, 4, 1))
    history = train(
        net,
        Dopamine1(),
        tasks.xor(),
        theta=net.init(2, rng=0),
        steps=np.int64(2),
        total_steps=np.int32(7),
        stop_loss=np.float32(0.25),
        rng=np.uint8(3),
    )
    loaded = History.load(history.save(tmp_path / "run.npz"))
    assert (loaded.steps, loaded.total_steps, loaded.stop_loss) == (2, 7, 0.25)


def test_a_file_that_says_it_unfolds_to_a_terabyte_is_refused(tmp_path):
    path = a_history(Adam()).save(tmp_path / "bomb.npz")
    with zipfile.ZipFile(path, "a") as packed:
        packed.getinfo("theta.npy").file_size = 2**40
        packed.comment = b"."  # so that the directory is written anew
    with pytest.raises(ValueError, match=r"bomb\.npz' unfolds to 1,099,511,\d+,\d+ bytes; at most"):
        History.load(path)


def test_a_pass_over_16_sequences_costs_1_and_over_fewer_in_proportion():
    net = RNN(1, 4, 1)
    theta = net.init(rng=0)
    for samples in (1, 4, 16, 48):
        X = np.random.default_rng(0).standard_normal((samples, 7, 1))
        history = train(net, WP(0.01), (X, X), theta=theta, steps=3, rng=0)
        assert history.fpe.tolist() == [step * 2 * samples / 16 for step in (1, 2, 3)]
        assert history.fpe_unit == "16 sequences"


def test_files_of_version_1_are_read_and_marked(tmp_path):
    net = RNN(1, 4, 1)
    X = np.random.default_rng(0).standard_normal((4, 7, 1))
    history = train(net, WP(0.01), (X, X), theta=net.init(rng=0), steps=3, rng=0)
    path = history.save(tmp_path / "new.npz")
    with np.load(path) as stored:
        arrays = dict(stored)
    about = json.loads(str(arrays.pop("about")))
    for name in ("fpe_unit", "settings", "network"):
        del about[name]
    np.savez(tmp_path / "old.npz", about=json.dumps(about | {"format": 1}), **arrays)
    old = History.load(tmp_path / "old.npz")
    assert old.fpe_unit == "batch"
    with pytest.warns(UserWarning, match="passes over one batch, the run .* over 16 sequences"):
        train(net, WP(0.01), (X, X), steps=1, resume=old)
    np.savez(tmp_path / "next.npz", about=json.dumps(about | {"format": 99}), **arrays)
    with pytest.raises(ValueError, match="saved by a newer version"):
        History.load(tmp_path / "next.npz")
