"""Images and figures of a simulation: what is refused, and what a picture that fails costs."""

import numpy as np
import pytest

import ivisit as iv


class Undrawable(iv.Simulation):
    """Draw a title that Matplotlib cannot read."""

    fails = iv.Checkbox(False)
    plot = iv.Figure()
    level = iv.Trace()

    def init(self):
        self.plot.clear()
        self.plot.subplots().set_title(r"$\alfa$")

    def step(self):
        self.level = 1.0
        if self.fails:
            raise ValueError("of the user")


def test_a_figure_that_cannot_be_drawn_costs_its_own_picture_only(tmp_path):
    result = iv.run(Undrawable, steps=3)
    assert result.status == "finished"
    assert result.traces["level"].tolist() == [1.0] * 3
    said = result.outputs["plot"]
    assert said.startswith("There is no picture: ValueError")
    assert "alfa" in said
    assert result.outputs["plot"] == said  # the second look says the same
    result.save(tmp_path / "r.npz")
    result.to_csv(tmp_path / "r.csv")
    assert iv.RunResult.load(tmp_path / "r.npz").outputs["plot"] == said
    assert result.figure("plot") is not None


def test_the_error_of_a_step_is_told_before_that_of_a_drawing():
    with pytest.raises(iv.RunError, match="of the user") as raised:
        iv.run(Undrawable, {"fails": True}, steps=3)
    assert "alfa" in raised.value.result.outputs["plot"]


def test_a_frame_for_the_window_says_why_there_is_no_picture():
    engine = iv.Engine(Undrawable)
    engine.run(1)
    assert "alfa" in engine.frame().outputs["plot"]
    assert engine.state == "paused"
    engine.run(1)


def test_close_does_not_blank_the_picture_of_a_result():
    class Tidy(iv.Simulation):
        plot = iv.Figure()

        def init(self):
            self.plot.clear()
            self.plot.subplots().plot([0, 1], [0, 1], color="red", lw=9)

        def step(self):
            pass

        def close(self):
            self.plot.clear()

    pixels = iv.run(Tidy, steps=1).outputs["plot"].astype(int)
    assert ((pixels[..., 0] > 200) & (pixels[..., 1] < 50)).sum() > 500


COLORBARS = {
    "image": lambda figure: figure.colorbar(figure.subplots().imshow(np.eye(4))),
    "contours": lambda figure: figure.colorbar(figure.subplots().contourf(np.eye(4))),
    "of two": lambda figure: (
        axes := figure.subplots(1, 2),
        figure.colorbar(axes[0].imshow(np.eye(4)), ax=axes),
    ),
}


@pytest.mark.parametrize("draw", COLORBARS.values(), ids=COLORBARS)
def test_a_color_bar_ends_no_run(draw):
    class Bar(iv.Simulation):
        plot = iv.Figure()

        def init(self):
            self.plot.clear()
            draw(self.plot)

        def step(self):
            pass

    pixels = iv.run(Bar, steps=1).outputs["plot"]
    assert len(np.unique(pixels.reshape(-1, 4), axis=0)) > 20


@pytest.fixture
def simulation():
    class Shows(iv.Simulation):
        picture = iv.Image()

    return Shows()


@pytest.mark.parametrize(
    ("picture", "remedy"),
    [
        (np.eye(3) * 1j, ".real"),
        (np.eye(3, dtype=complex)[..., None].repeat(3, axis=2), "np.abs()"),
        (np.eye(3).astype(object), "astype(float)"),
        (np.zeros((2, 2, 2)), "H×W×4"),
        (np.array([["a"]]), "real numbers"),
        (np.zeros((0, 3)), "H×W"),
        (7.0, "H×W"),
    ],
)
def test_an_unacceptable_picture_is_refused_with_the_remedy(simulation, picture, remedy):
    with pytest.raises(iv.ParameterError) as raised:
        simulation.picture = picture
    assert "picture" in str(raised.value)
    assert remedy in str(raised.value)


def test_a_picture_with_one_channel_is_gray(simulation):
    simulation.picture = np.arange(6).reshape(2, 3, 1)
    assert simulation.picture.tolist() == [[0, 1, 2], [3, 4, 5]]


def test_the_mask_of_a_picture_is_kept():
    class Masked(iv.Simulation):
        picture = iv.Image(missing="blue")

        def step(self):
            self.picture = np.ma.masked_greater(np.arange(4.0).reshape(2, 2), 2)

    picture = iv.run(Masked, steps=1).outputs["picture"]
    assert np.ma.getmaskarray(picture).tolist() == [[False, False], [False, True]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"cmap": "virdis"}, "Did you mean 'viridis'?"),
        ({"cmap": 3}, "colour map"),
        ({"missing": "redd"}, "colour that Matplotlib knows"),
        ({"vmin": 2, "vmax": 1}, "larger than vmin"),
    ],
)
def test_a_declaration_with_unknown_colors_is_refused_at_once(arguments, message):
    with pytest.raises(iv.ParameterError) as raised:
        type("Shows", (iv.Simulation,), {"picture": iv.Image(**arguments)})
    assert message in str(raised.value)
    assert "picture" in str(raised.value)
