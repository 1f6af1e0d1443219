"""A step that has failed can be computed once more; the log and a replay tell of it."""

from __future__ import annotations

import logging

import pytest

import ivisit as iv
from ivisit.recording import Retry
from ivisit.runs.single import result_of


class Stumbling(iv.Simulation):
    """Fails at the third step, once."""

    gain = iv.Slider(1.0, 0.0, 9.0)
    total = iv.Trace()

    def init(self):
        self.total = 0.0
        self.fell = False

    def step(self):
        if self.total >= 2 and not self.fell:
            self.fell = True
            raise ArithmeticError("stumbled")
        self.total += self.gain


@pytest.fixture
def fallen():
    """An engine whose third step has failed."""
    engine = iv.Engine(Stumbling)
    with pytest.raises(iv.RunError, match="stumbled"):
        engine.run(5)
    return engine


def test_a_retry_goes_on_where_the_step_failed(fallen):
    assert (fallen.state, fallen.steps, fallen.can_retry) == ("failed", 2, True)
    fallen.retry()
    assert (fallen.state, fallen.failure) == ("paused", None)
    fallen.run(3)
    assert fallen.recorder.table()[1]["total"].tolist() == [1, 2, 3, 4, 5]


def test_without_a_retry_a_failed_run_must_begin_anew(fallen):
    with pytest.raises(iv.IVisitError, match=r"init\(\) starts a new run, retry\(\) goes on"):
        fallen.run(1)


def test_only_a_failed_step_can_be_retried():
    engine = iv.Engine(Stumbling)
    with pytest.raises(iv.IVisitError, match="no step has failed"):
        engine.retry()

    class Hopeless(iv.Simulation):
        def init(self):
            raise ArithmeticError("never")

    engine = iv.Engine(Hopeless)
    with pytest.raises(iv.RunError):
        engine.init()
    assert not engine.can_retry
    with pytest.raises(iv.IVisitError, match="no step has failed"):
        engine.retry()


def test_a_retry_is_logged_saved_and_told_at_a_replay(fallen, tmp_path, caplog):
    fallen.set("gain", 2.0)
    fallen.retry()
    fallen.run(2)
    result = result_of(fallen)
    assert Retry(2) in result.changes
    result.save(tmp_path / "r.npz")
    loaded = iv.RunResult.load(tmp_path / "r.npz")
    assert loaded.changes == result.changes
    with caplog.at_level(logging.WARNING):
        again = iv.replay(Stumbling, loaded)
    assert "step 3 failed and was computed once more" in caplog.text
    assert "may differ" in caplog.text
    assert again.traces["total"].tolist() == result.traces["total"].tolist()


@pytest.mark.window
@pytest.mark.parametrize("goes_on", [False, True])
def test_the_window_offers_both_and_its_buttons_do_the_first(user, goes_on, caplog):
    cls = type("Stumbling", (Stumbling,), {"_goes_on_after_error": goes_on})
    window = user.open(cls)
    window.toggle_run()
    user.until(lambda: window.engine.failure is not None and not window.session.running)
    names = list(window.error_pane.buttons)[:2]
    assert names == (["Retry step", "Init again"] if goes_on else ["Init again", "Retry step"])
    assert "ArithmeticError: stumbled" in caplog.text
    window.step()
    user.until(lambda: window.engine.failure is None)
    user.until(lambda: window.steps == (3 if goes_on else 1))


@pytest.mark.window
def test_the_button_computes_the_step_once_more(user):
    window = user.open(Stumbling)
    window.toggle_run()
    user.until(lambda: window.engine.failure is not None and not window.session.running)
    user.until(lambda: window.error_pane.winfo_ismapped())
    window.error_pane.buttons["Retry step"].invoke()
    user.until(lambda: window.steps == 3)
    assert window.engine.failure is None
    assert not window.error_pane.winfo_manager()
