"""What a type checker sees of a simulation; `test_typing.py` has mypy read this file.

Each line with an "error" comment must be one, and its message must have the text behind it; no
other line may be one.
"""

from typing import Any, assert_type

import numpy as np
from matplotlib.figure import Figure

import ivisit as iv


class Everything(iv.Simulation):
    """One declaration of each kind."""

    sigma = iv.Slider(2.0, 0.1, 20.0)
    mixed = iv.Slider(2.0, 0, 20, step=0.5)
    count = iv.Slider(2, 0, 9)
    weights = iv.DictSlider({"first": 0.5, "second": iv.Slider(2, 0, 9)}, 0.0, 1.0)
    mode = iv.OptionList("reflect", ["reflect", "nearest"])
    order = iv.RadioButtons(2, [1, 2, 3])
    flag = iv.Checkbox(True)
    show = iv.CheckboxGroup({"gray": True})
    reset = iv.Button("Reset")
    caption = iv.TextBox("hello")
    picture = iv.Image()
    level = iv.Trace()
    report = iv.TextOutput()
    plot = iv.Figure()
    note = iv.Comment("fixed")

    def init(self) -> None:
        assert_type(self.sigma, float)
        assert_type(self.mixed, float)
        assert_type(self.count, int)
        assert_type(self.weights["first"], float)
        assert_type(self.mode, str)
        assert_type(self.order, int)
        assert_type(self.flag, bool)
        assert_type(self.show["gray"], bool)
        assert_type(self.reset, bool)
        assert_type(self.caption, str)
        assert_type(self.picture, np.ndarray[Any, Any])
        assert_type(self.level, float)
        assert_type(self.report, str)
        assert_type(self.plot, Figure)
        assert_type(self.note, str)

    def step(self) -> None:
        self.sigma = 3.5
        self.sigma = 3
        self.sigma = "wide"  # error: "str", variable has type "float"
        self.count = 3
        self.count = 3.5  # error: "float", variable has type "int"
        self.weights = {"first": 0.25}
        self.weights = {"first": "much"}  # error: "str": "str"; expected "str": "float"
        self.mode = "nearest"
        self.mode = 3  # error: "int", variable has type "str"
        self.flag = False
        self.flag = "yes"  # error: "str", variable has type "bool"
        self.show = ["gray"]
        self.show = {"gray": False}
        self.caption = "other"
        self.caption = 3  # error: "int", variable has type "str"
        self.picture = np.zeros((2, 2), dtype=np.uint8)
        self.picture = [[1, 2], [3, 4]]
        self.picture = self  # error: "Everything", variable has type
        self.level = 1.5
        self.level = np.sqrt(np.mean(self.picture**2))
        self.level += self.sigma
        self.level = "high"  # error: "str", variable has type "SupportsFloat
        self.report = 3.5
        self.plot.clear()
        self.plot = "plot.png"  # error: "str", variable has type "Figure"
        self.note = "another"  # error: variable has type "Never"


assert_type(Everything.sigma, iv.Slider[float])
assert_type(Everything.sigma.minimum, float)
assert_type(Everything.count.maximum, int)
assert_type(Everything.mode, iv.OptionList[str])
iv.Slider(2.0, 0.1, "20")  # error: Value of type variable
iv.Slider(2.0, 0.1, 20.0, units="px")  # error: Unexpected keyword argument "units"
iv.Slider(2.0, 0.1, 20.0, scale="cubic")  # error: expected "Literal['linear', 'log']"
iv.run(Everything, {"sigma": 4.0}, steps=1).traces["level"].max()
comparison = iv.compare(Everything, ["soft", "soft@1", {"sigma": 4.0}], steps=1)
assert_type(comparison, iv.Comparison)
assert_type(comparison.runs["soft"], iv.RunResult)
iv.compare(Everything, {"soft": "soft", "sharp": {"sigma": 4.0}}, steps=1).picture("p.png")
iv.compare(Everything, ["soft", 3], steps=1)  # error: List item 1 has incompatible type "int"
