"""`ArrangingCommands`: the layout of a window, from what is remembered to what is changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ivisit.gui.actions.requests import repeat
from ivisit.gui.arranging.detaching import on_screen
from ivisit.gui.layouts import Layout, TiledLayout, layout_for

if TYPE_CHECKING:
    from ivisit.gui.window import Window

#: The smallest window at 96 dpi, and the smallest and largest that opens by itself.
SMALLEST, LEAST, MOST = (480, 320), (720, 480), (1760, 1040)
#: What title bar, menu and task bar take of the screen at 96 dpi.
SCREEN_MARGIN = 90


class ArrangingCommands:
    """Builds layouts, and keeps over reloading and from start to start what the user arranged.

    Attributes
    ----------
    views : dict
        How the user looks at panels, by name; see `PanelWidget.view_state`.
    positions : dict
        Given positions of the widgets, where there are such.
    arrangement : dict
        See `Layout.arrangement`.
    fitted : tuple of int, optional
        Width and height that the window has been given for its content, where nobody chose them.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self.views: dict[str, Any] = {}
        self.positions: dict[str, Any] = {}
        self.arrangement: dict[str, Any] = {}
        self._has_size = False
        self.fitted: tuple[int, int] | None = None

    @property
    def layout(self) -> Layout:
        """The present layout."""
        assert self.window.layout is not None
        return self.window.layout

    def build(self) -> None:
        """Make the widgets of all controls and panels anew."""
        window, former = self.window, self.window.layout
        if former is not None:
            self.views |= former.view_states()
            self.arrangement = former.arrangement()
            former.destroy()
        layout = layout_for(window.root, window, self.positions)
        layout.pack(side="top", fill="both", expand=True)
        window.layout = layout
        if former is not None:
            layout.follow(former)
        layout.bind("<Configure>", self._note_size)
        repeat(window)
        layout.take_arrangement(self.arrangement)
        layout.take_views(self.views)
        layout.color()

    def _note_size(self, event: Any) -> None:
        self.window.engine.link.sizes[""] = (event.width, event.height)

    # What a parameter set brings ------------------------------------------------------------

    def use_views(self, views: Mapping[str, Any]) -> None:
        """Look at the panels as a parameter set has it."""
        self.views = dict(views)
        if self.window.layout is not None:
            self.layout.take_views(views)

    def use_positions(self, positions: Mapping[str, Any]) -> None:
        """Have the widgets stand at given positions, or arrange them when there are none."""
        is_there = positions == self.positions and (
            self.window.layout is None or self.layout.positions() == positions
        )
        self.positions = dict(positions)
        if self.window.layout is not None and not is_there:
            kept = {key: self.layout.arrangement()[key] for key in ("hidden", "windows")}
            self.build()
            self.layout.take_arrangement(kept)

    def use_arrangement(self, arrangement: Mapping[str, Any]) -> None:
        """Arrange the cards as a parameter set has it, as far as it fits."""
        self.arrangement = dict(arrangement)
        if self.window.layout is not None:
            self.layout.take_arrangement(arrangement)

    # What the user does ---------------------------------------------------------------------

    def hide_panels(self, names: Collection[str]) -> None:
        """Show all panels but these."""
        self.layout.hide(names)

    def reset(self) -> None:
        """Show all panels where they stand by themselves, or where given positions have them."""
        self.layout.reset()

    def arrange_automatically(self) -> None:
        """Give up all given positions."""
        self.use_positions({})
        self.reset()

    def escape(self) -> bool:
        """Leave what goes on with the layout: a drag, one panel alone; tell whether that was so."""
        if self.layout.cancel_drag():
            return True
        is_alone = self.layout.maximized is not None
        self.layout.restore()
        return is_alone

    # From start to start --------------------------------------------------------------------

    def begin(self) -> None:
        """Take over what is remembered of the former window; a parameter set may replace it."""
        settings = self.window.settings
        self.positions = settings.get_own("positions", dict, {})
        self.arrangement = settings.get_own("arrangement", dict, {})
        geometry = on_screen(self.window.root, settings.get_own("geometry", str, ""))
        if geometry:
            self.use_geometry(geometry)

    def use_geometry(self, geometry: str) -> None:
        """Give the window a size and place that somebody has chosen."""
        self._has_size = True
        self.window.root.geometry(geometry)

    def remembered(self) -> dict[str, Any]:
        """Return what the next window of this simulation begins with."""
        return {
            "geometry": self.window.root.geometry(),
            "positions": self.positions,
            "arrangement": self.layout.arrangement(),
        }

    def fit_window(self) -> None:
        """Make the window as large as its content asks, where nobody has chosen its size."""
        root, px = self.window.root, self.window.theme.pixels
        root.minsize(px(SMALLEST[0]), px(SMALLEST[1]))
        size = (root.winfo_width(), root.winfo_height())
        if self._has_size or self.fitted not in (None, size):
            return  # somebody has chosen it
        root.update_idletasks()
        screen = (root.winfo_screenwidth(), root.winfo_screenheight() - px(SCREEN_MARGIN))
        around = self.window.toolbar.winfo_reqheight() + self.window.status.winfo_reqheight()
        most = [min(screen[axis], px(MOST[axis])) for axis in (0, 1)]
        least = [max(px(LEAST[0]), self.window.toolbar.winfo_reqwidth()), px(LEAST[1])]
        wanted = self.layout.wanted_size((most[0], most[1] - around))
        sizes = (wanted[0], wanted[1] + around)
        width, height = (min(max(sizes[i], least[i]), most[i]) for i in (0, 1))
        self.fitted = (width, height)
        root.geometry(f"{width}x{height}")

    def learn_shapes(self) -> None:
        """Take notice of the shapes of the pictures, the first time that they are drawn."""
        if self.layout.learn_shapes() and isinstance(self.layout, TiledLayout):
            self.fit_window()
