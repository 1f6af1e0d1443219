"""Mouse and keys on a panel, handed over to the simulation as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ivisit.gui.toolkit.scrolling import WHEEL_EVENTS, wheel_units

if TYPE_CHECKING:
    from ivisit.gui.panels.picture import PicturePanel

#: Bits of an event's state.
MODIFIERS = (("shift", 0x1), ("control", 0x4), ("alt", 0x8))
#: Keys that only change what others mean.
MODIFIER_KEYS = ("Shift", "Control", "Alt", "Meta", "Super", "Caps_Lock", "ISO_Level3")


class PointerBinding:
    """Sends presses, drags, releases, double clicks and the wheel on a panel.

    The left and the right button are the simulation's; the middle one and the wheel with Ctrl
    move and zoom the picture. The panel's menu opens at its heading.

    Parameters
    ----------
    panel : PicturePanel
        The panel, declared ``pointer=True``.
    """

    def __init__(self, panel: PicturePanel) -> None:
        self.panel = panel
        self._held = 0
        canvas = panel.canvas
        for button in (1, 3):
            canvas.bind(f"<ButtonPress-{button}>", self._press, add=True)
            canvas.bind(f"<B{button}-Motion>", self._drag, add=True)
            canvas.bind(f"<ButtonRelease-{button}>", self._release)
            canvas.bind(f"<Double-ButtonPress-{button}>", self._double, add=True)
        for wheel in WHEEL_EVENTS:
            canvas.bind(wheel, self._wheel, add=True)

    def _press(self, event: Any) -> None:
        self.panel.canvas.focus_set()
        if self._is_taken(event):
            self._held = event.num
            self.panel.report("press", event, button=event.num)

    def _is_taken(self, event: Any) -> bool:
        return self.panel.takes_pointer() and self.panel.is_inside(event.x, event.y)

    def _double(self, event: Any) -> None:
        if self._is_taken(event):
            self._held = event.num
            self.panel.report("double", event, button=event.num)

    def _drag(self, event: Any) -> None:
        # Outside it goes on along the edge, once it has begun inside.
        if self._held:
            self.panel.report("drag", event, button=self._held)

    def _release(self, event: Any) -> None:
        if self._held:
            self._held = 0
            self.panel.report("release", event, button=event.num)

    def _wheel(self, event: Any) -> str | None:
        if not self.panel.is_inside(event.x, event.y):
            return None
        self.panel.report("wheel", event, button=0, delta=-wheel_units(event))
        return "break"  # the panels would scroll


def bind_keys(panel: PicturePanel) -> None:
    """Send the keys that are pressed while a panel has the focus; a click or Tab gives it."""
    canvas = panel.canvas
    palette = panel.host.theme.palette
    canvas.configure(takefocus=True, highlightthickness=1, highlightcolor=palette.accent)
    canvas.bind("<ButtonPress-1>", lambda event: canvas.focus_set(), add=True)

    def pressed(event: Any) -> str | None:
        if event.keysym == "Tab" or event.keysym.startswith(MODIFIER_KEYS):
            return None
        if event.keysym.startswith("F") and event.keysym[1:].isdigit():
            return None  # Init, Step, help
        if event.state & 0x4 and not event.keysym.startswith(("Left", "Right", "Up", "Down")):
            return None  # the window's shortcuts
        panel.report("key", event, button=0, key=event.keysym)
        return "break"

    canvas.bind("<KeyPress>", pressed, add=True)


def modifiers_of(event: Any) -> tuple[str, ...]:
    """Return the modifiers that are held."""
    state = event.state if isinstance(event.state, int) else 0
    return tuple(name for name, bit in MODIFIERS if state & bit)
