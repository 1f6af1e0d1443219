"""Arranging from end to end: a real pointer, no window manager, and a restart in a new process."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from ivisit.plugins.finding import get_simulation
from tests.ivisit.gui.arranging.standing import opened
from tests.ivisit.gui.xdotool import Hands

pytestmark = pytest.mark.window

SOURCE = '''
import numpy as np
import ivisit as iv


class Arranged(iv.Simulation):
    """Three panels."""

    level = iv.Slider(1.0, 0.0, 9.0)
    picture = iv.Image()
    other = iv.Image()
    line = iv.Trace()

    def init(self):
        self.picture = self.other = np.zeros((30, 40))

    def step(self):
        self.line = self.level
'''

#: What a new process shows: opens the window, and tells where the cards stand as soon as they do.
RESTART = """
import json, sys, time
from ivisit.gui import Window
from ivisit.plugins.finding import get_simulation

window = Window(get_simulation(sys.argv[1]))
wanted, end = json.loads(sys.argv[2]), time.monotonic() + 20
while True:
    window.update()
    found = {card.name: [card.winfo_x(), card.winfo_y(), card.winfo_width(), card.winfo_height()]
             for card in window.layout.cards}
    if found == wanted or time.monotonic() > end:
        break
print(json.dumps([found, window.layout.arrangement()]))
window.close()
"""


def places(window):
    return {
        card.name: [card.winfo_x(), card.winfo_y(), card.winfo_width(), card.winfo_height()]
        for card in window.layout.cards
    }


def test_what_real_hands_arrange_is_there_after_a_restart_in_a_new_process(user, tmp_path):
    file = tmp_path / "arranged.py"
    file.write_text(SOURCE)
    window = user.open(get_simulation(str(file)))
    hands, layout = Hands(user), window.layout
    board, picture = layout.board, user.panel("picture")
    opened(user, window)
    first = places(window)

    # One panel alone, and back.
    hands.point(picture.label, 5, 5)
    subprocess.run(["xdotool", "click", "--repeat", "2", "1"], check=True, timeout=20)
    user.until(lambda: layout.maximized is picture)
    user.until(lambda: picture.winfo_width() == board.canvas.winfo_width())
    hands.press("Escape")
    user.until(lambda: layout.maximized is None and places(window) == first)

    # A heading: the plot goes to the left of the first picture.
    line = user.panel("line")
    x = picture.winfo_rootx() - line.label.winfo_rootx() + picture.winfo_width() // 4
    y = picture.winfo_rooty() - line.label.winfo_rooty() + picture.winfo_height() // 2
    hands.drag(line.label, (5, 5), (x, y))
    user.until(lambda: line.winfo_x() < picture.winfo_x() and line.winfo_y() == picture.winfo_y())

    # The sash between them.
    sash = next(s.place for s in board.solution.sashes
                if s.place.right == board.solution.places["picture"].x)  # fmt: skip
    start = (sash.x + sash.width // 2, sash.y + sash.height // 2)
    width = line.winfo_width()
    hands.drag(board.content, start, (start[0] - 20, start[1]))
    user.until(lambda: line.winfo_width() == width - 20)

    arranged, arrangement = places(window), layout.arrangement()
    assert arranged != first
    assert not window.sets.modified
    window.close()
    answer = subprocess.run(
        [sys.executable, "-c", RESTART, str(file), json.dumps(arranged)],
        check=True, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert json.loads(answer.stdout.splitlines()[-1]) == [arranged, arrangement]
