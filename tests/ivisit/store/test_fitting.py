"""With a simulation's class, what is saved is validated, and what is loaded is fitted to it."""

from __future__ import annotations

import pytest

from ivisit.controls import Button, CheckboxGroup, DictSlider, OptionList, Slider, TextBox
from ivisit.errors import ParameterError
from ivisit.simulation import Simulation
from ivisit.store import ParameterStore


class Filter(Simulation):
    """The simulation as it is today."""

    sigma = Slider(2.0, 0.1, 20.0)
    mode = OptionList("reflect", ["reflect", "wrap"])
    weights = DictSlider({"first": 1, "second": 2}, 0, 9)
    show = CheckboxGroup({"gray": True, "text": False})
    caption = TextBox("")
    reset = Button()


STORED_LONG_AGO = {
    "sigma": 40.0,
    "mode": "wrap",
    "weights": {"first": 3, "second": 99, "third": 1},
    "show": "1110",
    "size": 5,
}


def test_what_is_saved_is_validated(store: ParameterStore) -> None:
    saved = store.save(Filter, "a", {"sigma": 3, "weights": {"first": 5}})
    assert saved == {"sigma": 3.0, "weights": {"first": 5, "second": 2}}
    assert repr(store.load("Filter", "a")["sigma"]) == "3.0"


@pytest.mark.parametrize("simulation", [Filter, Filter()], ids=["class", "instance"])
def test_what_does_not_fit_is_not_saved(store: ParameterStore, simulation: Simulation) -> None:
    with pytest.raises(ParameterError, match=r"Filter.sigma: must be between 0.1 and 20, not 40"):
        store.save(simulation, "a", {"sigma": 40})
    with pytest.raises(ParameterError, match=r"Filter: has no parameter 'sigam'. Did you mean 'si"):
        store.save(simulation, "a", {"sigam": 4})
    assert store.sets() == []


def test_the_default_values_of_a_simulation_can_be_saved(store: ParameterStore) -> None:
    simulation = Filter()
    stored = store.save(simulation, "a", simulation.parameters)
    assert stored == {n: v for n, v in simulation.parameters.items() if n != "reset"}


def test_a_click_is_not_saved(store: ParameterStore) -> None:
    assert store.save(Filter, "a", {"reset": True, "caption": "x"}) == {"caption": "x"}


def test_loading_applies_what_fits_and_reports_the_rest_by_name(store: ParameterStore) -> None:
    store.save("Filter", "old", STORED_LONG_AGO)
    loaded = store.load(Filter, "old")
    assert loaded == {"mode": "wrap", "weights": {"first": 3, "second": 2}}
    assert set(loaded.problems) == {"sigma", "weights.second", "weights.third", "show", "size"}
    assert loaded.problems["sigma"] == "Filter.sigma: must be between 0.1 and 20, not 40.0"
    assert loaded.problems["weights.second"].startswith("Filter.weights.second: must be between")
    assert loaded.problems["size"].startswith("Filter: has no parameter 'size'.")
    Filter().parameters.update(loaded)


def test_nothing_that_does_not_fit_vanishes_from_the_file(store: ParameterStore) -> None:
    store.save("Filter", "old", STORED_LONG_AGO)
    store.save(Filter, "old", store.load(Filter, "old"))
    assert store.load("Filter", "old", version=1) == STORED_LONG_AGO
    assert store.history(Filter, "old")[0].problems


def test_sets_are_fitted_to_the_class_that_is_given(store: ParameterStore) -> None:
    store.save("Filter", "old", STORED_LONG_AGO)
    (fitted,) = store.sets(Filter)
    (raw,) = store.sets()
    assert fitted.problems
    assert not raw.problems
    assert raw == STORED_LONG_AGO
    assert store.copy(Filter, "old", "copy").problems
    assert store.load("Filter", "copy") == STORED_LONG_AGO
