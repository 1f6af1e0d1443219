"""The widget of a table: cells, rows, paste."""

from __future__ import annotations

import pytest

import ivisit as iv

pytestmark = pytest.mark.window


class Fit(iv.Simulation):
    """Points."""

    points = iv.Table([[0, 1], [2, 3]], columns=["x", "y"])


def shown(user):
    tree = user.control("points").tree
    return [[float(cell) for cell in tree.item(item, "values")] for item in tree.get_children()]


def rows(user):
    return [list(row) for row in user.value("points")]


def test_a_cell_is_edited_and_enter_goes_on_below(user):
    user.open(Fit)
    widget = user.control("points")
    assert shown(user) == [[0, 1], [2, 3]]
    widget.edit(0, 1)
    user.type(widget._editor, "7.5")
    assert rows(user) == shown(user) == [[0, 7.5], [2, 3]]
    assert widget._place == (1, 1)
    user.type(widget._editor, "x")
    assert "not 'x'" in widget.problem.cget("text")
    assert rows(user) == [[0, 7.5], [2, 3]]
    user.window.values.undo()
    assert rows(user) == shown(user) == [[0, 1], [2, 3]]


def test_rows_are_added_and_removed(user):
    user.open(Fit)
    widget = user.control("points")
    widget.add_row()
    assert rows(user) == [[0, 1], [2, 3], [2, 3]]
    user.type(widget._editor, "9")
    assert rows(user)[2] == [9, 3]
    widget.tree.selection_set(widget.tree.get_children()[0])
    widget.remove_rows()
    assert rows(user) == shown(user) == [[2, 3], [9, 3]]
    widget.tree.selection_set(())
    for _ in range(3):
        widget.remove_rows()
    assert rows(user) == shown(user) == []
    widget.add_row()
    assert rows(user) == [[0, 0]]


def test_what_a_spreadsheet_copied_is_pasted_and_copied_back(user):
    window = user.open(Fit)
    widget = user.control("points")
    window.copy("x\ty\n1\t2\n3\t4.5\n")
    widget.paste()
    assert rows(user) == shown(user) == [[1, 2], [3, 4.5]]
    widget.copy()
    assert window.root.clipboard_get() == "1.0\t2.0\n3.0\t4.5"
    window.copy("1\t2\t3")
    widget.paste()
    assert "columns x, y" in widget.problem.cget("text")
    window.copy("one\ntwo")
    widget.paste()
    assert "no table of numbers" in widget.problem.cget("text")
    assert rows(user) == [[1, 2], [3, 4.5]]


def test_the_buttons_of_a_table_have_room_in_a_narrow_column(user):
    window = user.open(Fit)
    window.root.geometry("700x600")
    buttons = list(user.control("points").buttons.values())
    user.until(lambda: window.root.winfo_width() == 700)
    user.until(lambda: all(b.winfo_width() >= b.winfo_reqwidth() for b in buttons))
