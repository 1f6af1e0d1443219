"""Hello World: the smallest complete simulation (the first example of arXiv:2408.03341).

Every control is one line, every panel is one line; `step` computes, and `draw` makes what is shown
when somebody looks.
"""

import numpy as np
from PIL import Image, ImageDraw

import ivisit as iv


class HelloWorld(iv.Simulation):
    """Greet somebody, in letters and in colors."""

    live = True  # what is typed is shown at once
    pace = 25
    who = iv.TextBox("world", help="Who is greeted.")
    greeting = iv.OptionList("Hello", ["Hello", "Good morning", "Moin"], help="How.")
    times = iv.Slider(2, 1, 5, help="How often the greeting is repeated.")
    manner = iv.CheckboxGroup(
        {"loud": False, "backwards": False}, help="In capitals, from the last letter to the first."
    )
    speed = iv.Slider(0.02, 0.0, 0.1, step=0.01, help="How fast the colors move, turns a step.")

    card = iv.Image(vmin=0, vmax=1, cmap="hsv", missing="#1c2030")
    spoken = iv.TextOutput(lines=5)
    hue = iv.Trace(span=200, help="Of the first letter, in turns.")

    def init(self):
        self.turns = 0.0

    def step(self):
        self.turns += self.speed
        self.hue = self.turns % 1

    def draw(self):
        text = f"{self.greeting} {self.who}!"
        if self.manner["loud"]:
            text = text.upper()
        if self.manner["backwards"]:
            text = text[::-1]
        self.spoken = "\n".join([text] * self.times)
        letters = Image.new("L", (max(6 * len(text), 8) + 8, 11 * self.times + 6))
        ImageDraw.Draw(letters).multiline_text((4, 2), self.spoken, fill=255, spacing=1)
        colors = (np.arange(letters.width) / 80 + self.turns) % 1
        self.card = np.where(np.asarray(letters) > 128, colors, np.nan)


if __name__ == "__main__":
    iv.launch(HelloWorld)
