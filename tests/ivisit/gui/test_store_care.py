"""A store that others change, delete or lock while the window has it open: nothing is lost."""

from __future__ import annotations

import os
import sqlite3

import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Filter(iv.Simulation):
    """A simulation with some values."""

    sigma = iv.Slider(2.0, 0.1, 20.0, step=0.1)
    mode = iv.OptionList("reflect", ["reflect", "nearest"])


@pytest.fixture(autouse=True)
def _look_at_once(monkeypatch):
    from ivisit.gui.actions import store_care

    monkeypatch.setattr(store_care, "WATCH_TIME", 0.0)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "my.ivisit"
    with iv.ParameterStore(path) as store:
        store.save(Filter, "soft", {"sigma": 8.0, "mode": "reflect"})
        store.save(Filter, "sharp", {"sigma": 0.5, "mode": "reflect"})
    return path


def entry(user):
    return user.control("sigma").number.entry


def dialog(window):
    (found,) = [w for w in window.root.winfo_children() if w.winfo_class() == "Toplevel"]
    return found


def sets_in(path):
    with iv.ParameterStore(path, create=False) as store:
        return {s.name: s["sigma"] for s in store.sets(Filter)}


def delete(path):
    """Remove a store as ``rm store*`` does."""
    for file in path.parent.glob(f"{path.name}*"):
        file.unlink()


def test_a_set_saved_elsewhere_is_told_with_who_when_and_what_and_can_be_loaded(user, path):
    other = user.open(Filter, store=path, parameter_set="soft")
    user.open(Filter, store=path, parameter_set="soft")
    other.values.assign("sigma", 4.0)
    other.sets.save()
    user.until(user.told)
    assert "'soft' was saved elsewhere by" in user.told()
    assert "version 2" in user.told()
    assert "sigma 8 -> 4" in user.told()
    user.answer("Load it")
    assert user.value("sigma") == 4.0
    user.wait(0.05)
    assert user.told() == ""
    assert other.messages.messages == {}


def test_saving_over_what_was_saved_elsewhere_asks_first(user, path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    with iv.ParameterStore(path) as store:
        store.save(Filter, "soft", {"sigma": 4.0, "mode": "nearest"})
    user.key(window.root, "Control-s")
    question = dialog(window)
    text = question.content.winfo_children()[0].cget("text")
    assert "sigma 6 -> 4, mode reflect -> nearest" in text
    user.click(question.buttons["Save over it"])
    with iv.ParameterStore(path) as store:
        assert [s["sigma"] for s in store.history(Filter, "soft")] == [8.0, 4.0, 6.0]
    user.wait(0.05)
    assert user.told() == ""
    # One's own saving is nobody else's.
    user.type(entry(user), "7")
    window.sets.save()
    assert sets_in(path)["soft"] == 7.0


def test_the_other_set_can_be_loaded_or_ones_own_saved_under_another_name(user, path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    with iv.ParameterStore(path) as store:
        store.save(Filter, "soft", {"sigma": 4.0, "mode": "nearest"})
    window.sets.save()
    dialog(window).buttons["Save as ..."].invoke()
    user.type(dialog(window).entries["Name"], "mine")
    assert sets_in(path) == {"soft": 4.0, "sharp": 0.5, "mine": 6.0}


def test_the_form_asks_once_before_it_saves_over_what_was_saved_elsewhere(user, path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    with iv.ParameterStore(path) as store:
        store.save(Filter, "soft", {"sigma": 4.0, "mode": "reflect"})
    form = window.sets.ask_name()
    form.accept()
    assert "sigma 6 -> 4" in form.problem.cget("text")
    assert sets_in(path)["soft"] == 4.0
    form.accept()
    assert sets_in(path)["soft"] == 6.0


def test_a_deleted_store_is_put_back_with_all_that_it_held(user, path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    delete(path)
    user.until(lambda: "was deleted or moved" in user.told())
    user.answer("Put it back")
    assert sets_in(path) == {"soft": 8.0, "sharp": 0.5}
    assert user.value("sigma") == 6.0
    assert window.sets.modified
    window.sets.save()
    assert sets_in(path) == {"soft": 6.0, "sharp": 0.5}
    assert user.told() == ""


def test_only_the_file_deleted_and_its_log_left_is_put_back_too(user, path):
    user.open(Filter, store=path, parameter_set="soft")
    path.unlink()
    user.until(lambda: "was deleted or moved" in user.told())
    user.answer("Put it back")
    assert sets_in(path) == {"soft": 8.0, "sharp": 0.5}


def test_a_deleted_store_can_be_saved_elsewhere_whole(user, path, tmp_path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    delete(path)
    window.sets.save()
    assert "was deleted or moved" in user.told()
    window.sets.care.move_to(tmp_path / "other.ivisit")
    assert sets_in(tmp_path / "other.ivisit") == {"soft": 6.0, "sharp": 0.5}
    assert user.told() == ""
    assert not path.exists()


def test_a_replaced_store_is_opened_anew_and_what_the_former_held_is_kept(user, path, tmp_path):
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    with iv.ParameterStore(tmp_path / "new.ivisit") as store:
        store.save(Filter, "fresh", {"sigma": 1.0, "mode": "reflect"})
    os.replace(tmp_path / "new.ivisit", path)
    user.until(lambda: "was replaced by another file" in user.told())
    user.answer("Open the store anew")
    assert user.told() == ""
    assert window.sets.names() == ["fresh"]
    assert user.value("sigma") == 6.0
    (copy,) = tmp_path.glob("my.ivisit.former-*")
    assert sets_in(copy) == {"soft": 8.0, "sharp": 0.5}
    window.sets.save()
    assert sets_in(path) == {"fresh": 1.0, "soft": 6.0}


def test_a_locked_store_offers_to_try_again_and_to_save_elsewhere(
    user, path, tmp_path, monkeypatch
):
    from ivisit.gui.actions import sets

    monkeypatch.setattr(sets, "PATIENCE", 0.05)
    monkeypatch.setattr("ivisit.store.opening.BUSY_SECONDS", 0.05)
    window = user.open(Filter, store=path, parameter_set="soft")
    user.type(entry(user), "6")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    window.sets.save()
    assert "locked" in user.told()
    assert [*window.messages.messages["store"].buttons] == ["Try again", "Save elsewhere ..."]
    blocker.execute("ROLLBACK")
    blocker.close()
    user.answer("Try again")
    assert user.told() == ""
    assert sets_in(path)["soft"] == 6.0


def test_a_store_that_may_only_be_read_says_so_until_it_is_dismissed(user, path, monkeypatch):
    monkeypatch.setattr("ivisit.store.opening.may_write", lambda path: False)
    window = user.open(Filter, store=path)
    window.sets.load("soft")
    assert "may only be read" in user.told()
    user.answer("Dismiss")
    assert user.told() == ""
    monkeypatch.undo()


def test_elsewhere_that_cannot_be_written_leaves_all_as_it_was(user, path, tmp_path):
    window = user.open(Filter, store=path, parameter_set="soft")
    window.sets.care.move_to(tmp_path / "no folder" / "other.ivisit")
    assert "no folder" in user.told()
    assert window.sets.path == path
    assert window.sets.names() == ["sharp", "soft"]
