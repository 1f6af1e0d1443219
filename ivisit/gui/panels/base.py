"""`PanelWidget`: what the widgets of all panels have in common."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from PIL import Image

from ivisit.gui.toolkit.menus import Choices
from ivisit.gui.toolkit.shortening import shortened
from ivisit.gui.toolkit.tooltip import Tooltip
from ivisit.panels import Panel
from ivisit.recording import Frame

if TYPE_CHECKING:
    from ivisit.gui.host import Host


#: Room for a title at 96 dpi that tools of the heading leave.
TITLE = 70
#: Room at 96 dpi that a title keeps beside a note that is needed.
LEAST_TITLE = 24
#: Letters that stay at least of the name before a title.
LEAST_LETTERS = 5


class PanelWidget(tk.Frame):
    """A card with a heading that shows what a simulation assigns to one panel.

    A frame of Tk's, not of ttk's: Tk can make that a window of its own.

    Rules for a new kind:

    1. `_build` makes the widgets in `body`.
    2. `show` draws one frame; it must be quick: it is called sixty times a second.
    3. `color` gives the colors of the theme to what is not a ttk widget.
    4. `card_of` tells which panels share one card, and `join` takes a further one in.
    5. `group` says where the automatic layout puts it, `smallest` and `natural` with which size.

    Parameters
    ----------
    parent : tkinter.Misc
        The parent.
    host : Host
        Gives theme and engine.
    panel : Panel
        The declaration.
    """

    #: ``picture`` (gets most of the room), ``plot`` (wide and low) or ``text`` (as it needs).
    group = "picture"
    #: Whether a picture that stands alone gets the whole height rather than the whole width.
    is_tall = False
    #: Width and height at 96 dpi below which the layout scrolls, and where there is room.
    smallest = (180, 150)
    natural = (420, 340)

    def __init__(self, parent: tk.Misc, host: Host, panel: Panel[Any]) -> None:
        super().__init__(parent, borderwidth=0, highlightthickness=1, takefocus=False)
        self.host = host
        self.panel = panel
        self.name = panel.name
        px = host.theme.pixels
        self.heading = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.heading.grid(row=0, column=0, sticky="ew", padx=px(10), pady=(px(5), px(2)))
        self.label = ttk.Label(self.heading, text=panel.label, style="CardHeading.TLabel")
        self.label.pack(side="left")
        self.tools = ttk.Frame(self.heading, style="Card.TFrame", relief="flat", borderwidth=0)
        self.tools.pack(side="right")
        # As wide as there is room: a longer number must not wait for a new place, half of it shown.
        self.note = ttk.Label(self.heading, style="CardMuted.TLabel", anchor="e")
        self.note.pack(side="right", fill="x", expand=True)
        for part in (self.heading, self.label, self.note):
            part.bind("<Double-Button-1>", self._toggle_maximum, add=True)
        self.body = ttk.Frame(self, style="Card.TFrame", relief="flat", borderwidth=0)
        self.body.grid(row=1, column=0, sticky="nsew", padx=px(8), pady=(0, px(8)))
        self.body.rowconfigure(0, weight=1)
        self.body.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self.columnconfigure(0, weight=1)
        self._notes: tuple[str, ...] = ()
        self._needed = 0
        self.title = self._shown_title = self._label = panel.label
        self._of = ""
        self._timers: dict[str, str] = {}
        #: Called with the panel's menu before that opens.
        self.complete_menu: Callable[[tk.Menu], object] = lambda menu: None
        self.color_frame()
        self.bind("<Destroy>", self._stop_timers, add=True)
        self._is_pointed = False
        self.heading.bind("<Configure>", self._fit_note, add=True)
        for event in ("<Enter>", "<Leave>"):
            self.bind(event, self._note_pointer, add=True)
        self._build()
        self.keep_size()
        self.configure(width=px(self.smallest[0]), height=px(self.smallest[1]))
        self.event_widget().bind("<Configure>", self._note_size, add=True)
        Tooltip(self.label, self._hint, host.theme)

    def keep_size(self) -> None:
        """Let the layout decide on the size, not the content: a card must not jump."""
        self.grid_propagate(False)

    def take_out(self) -> None:
        """Take the card out of its place."""
        self.place_forget()

    def _build(self) -> None:
        """Make the widgets in `body`."""
        raise NotImplementedError

    @classmethod
    def card_of(cls, panel: Panel[Any]) -> str:
        """Return a name; panels for which it is the same share one card."""
        return panel.name

    def join(self, panel: Panel[Any]) -> None:
        """Show a further panel on this card; see `card_of`."""
        raise NotImplementedError

    def show(self, frame: Frame) -> None:
        """Draw what `frame` has for this panel."""
        raise NotImplementedError

    def color_frame(self) -> None:
        """Give the card itself the colors of the theme."""
        palette = self.host.theme.palette
        self.configure(
            background=palette.surface,
            highlightbackground=palette.border,
            highlightcolor=palette.border,
        )

    def color(self) -> None:
        """Take over the colors of the theme."""

    def aspect(self) -> float | None:
        """Return width over height of what is shown, where that has a shape of its own."""
        return None

    def frame_size(self) -> tuple[int, int]:
        """Return by how much the card is wider and higher than what it shows."""
        px = self.host.theme.pixels
        return px(18), self.heading.winfo_reqheight() + px(17)

    def view_state(self) -> dict[str, Any]:
        """Return how the user looks at the panel, JSON-ready; see `take_view`."""
        return {}

    def take_view(self, state: Mapping[str, Any]) -> None:
        """Look at the panel as `view_state` has told; what makes no sense is ignored."""

    def refit(self) -> None:
        """Letters have another size: give them their room."""

    def _note_size(self, event: Any) -> None:
        self.host.engine.link.sizes[self.name] = (event.width, event.height)

    def smallest_size(self) -> tuple[int, int]:
        """Return the width and height in pixels below which the layout has to scroll."""
        px = self.host.theme.pixels
        return px(self.smallest[0]), px(self.smallest[1])

    def natural_size(self) -> tuple[int, int]:
        """Return the width and height in pixels of a panel that stands for itself."""
        px = self.host.theme.pixels
        return px(self.natural[0]), px(self.natural[1])

    def has_grown(self) -> bool:
        """Tell whether the card asks for more room than when this was last asked."""
        return False

    def wanted_size(self) -> tuple[int, int]:
        """Return the width and height in pixels that a window as large as its content gives."""
        return self.natural_size()

    def _toggle_maximum(self, event: Any) -> str:
        self.event_generate("<<Maximize>>")
        return "break"

    def add_tool(self, text: str, command: Callable[[], object], help: str) -> ttk.Button:
        """Add a small button to the right of the heading."""
        tool = ttk.Button(
            self.tools, text=text, command=command, style="Tool.TButton", takefocus=False
        )
        tool.pack(side="left")
        Tooltip(tool, help, self.host.theme)
        return tool

    def set_label(self, text: str, of: str = "") -> None:
        """Change the visible heading, that of something named `of` where there is such a name."""
        self._of, self._label = of, text
        self.title = f"{of} · {text}" if of else text
        self._fit_note()

    def _hint(self) -> str:
        """Return the tooltip of the heading: its whole texts, where they are cut, and the help."""
        is_cut = str(self.label.cget("text")) != self.title
        note = next(iter(self._notes), "")
        note = "" if str(self.note.cget("text")) == note else note
        texts = (self.title if is_cut else "", note, self.panel.help)
        return "\n".join(text for text in texts if text)

    def _fitted_title(self, width: int) -> str:
        """Return as much of the title as fits, with an ellipsis where some of it does not."""
        measure = self._heading_width
        if width <= 1 or measure(self.title) <= width:
            return self.title
        of = shortened(self._of, lambda text: measure(f"{text} · {self._label}") <= width)
        if len(of) >= LEAST_LETTERS:
            return f"{of} · {self._label}"
        kept = len(self.title)
        while kept > 1 and measure(f"{self.title[:kept].rstrip()}…") > width:
            kept -= 1
        return f"{self.title[:kept].rstrip()}…"

    def set_note(self, *texts: str, needed: int = 0) -> None:
        """Show a small text at the right of the heading: the first one for which there is room.

        To the last `needed` ones of them the title gives way.
        """
        if (texts, needed) != (self._notes, self._needed):
            self._notes, self._needed = texts, needed
            self._fit_note()

    def _left_for_title(self, free: int, gap: int) -> int:
        """Return how much of the heading's room the title has."""
        needed = self._notes[len(self._notes) - self._needed :]
        for text in needed:
            least = self.host.theme.pixels(LEAST_TITLE if text is needed[-1] else TITLE)
            left = free - self._small_width(text) - gap
            if left >= min(least, self._heading_width(self.title)):
                return left
        return free

    def _fit_note(self, event: Any = None) -> None:
        """Leave the note out rather than cut it: half a number is a wrong number."""
        gap = self.host.theme.pixels(8)
        tools = self._fitted_tools()
        free = self.heading.winfo_width() - tools - gap
        title = self._fitted_title(self._left_for_title(free, gap))
        if title != self._shown_title:
            self._shown_title = title
            self.label.configure(text=title)
        room = self.heading.winfo_width() - self.label.winfo_reqwidth() - tools - gap
        # Before it is on the screen, the heading is one pixel wide.
        anyhow = self.heading.winfo_width() <= 1
        fitting = (text for text in self._notes if anyhow or self._small_width(text) <= room)
        self.note.configure(text=next(fitting, ""))

    def _heading_width(self, text: str) -> int:
        return int(str(self.tk.call("font", "measure", "IvisitHeading", text)))

    def _small_width(self, text: str) -> int:
        return int(str(self.tk.call("font", "measure", "IvisitSmall", text)))

    def _note_pointer(self, event: Any) -> None:
        x, y = (
            self.winfo_pointerx() - self.winfo_rootx(),
            self.winfo_pointery() - self.winfo_rooty(),
        )
        # Leaving it for a widget in it is not leaving it.
        inside = 0 <= x < self.winfo_width() and 0 <= y < self.winfo_height()
        if inside != self._is_pointed:
            self._is_pointed = inside
            self._fit_note()

    def _fitted_tools(self) -> int:
        """Show the tools where there is room for the title, too; return their width.

        While the pointer is on the card, they are there even if the title is cut for them.
        """
        if not self.tools.winfo_children():
            return 0
        width, room = self.tools.winfo_reqwidth(), self.heading.winfo_width()
        title = self._heading_width(self.title)
        if self._is_pointed:
            title = min(title, self.host.theme.pixels(TITLE))
        fits = room <= 1 or width + title + self.host.theme.pixels(8) <= room
        if fits and not self.tools.winfo_manager():
            self.tools.pack(side="right", before=self.note)
        elif not fits and self.tools.winfo_manager():
            self.tools.pack_forget()
        return width if fits else 0

    def small_picture(self) -> Image.Image | None:
        """Return what is shown, for the picture of a parameter set; None where that is no picture.

        Its size does not matter.
        """
        return None

    def event_widget(self) -> tk.Misc:
        """Return the widget whose mouse events a simulation may bind."""
        return self.body

    def pixel_at(self, x: int, y: int) -> tuple[int, int]:
        """Return column and row of the picture's pixel at a place of `event_widget`."""
        return x, y

    def new_menu(self) -> tk.Menu:
        """Return an empty menu that opens at a right click on the panel."""
        self.menu = menu = tk.Menu(self, tearoff=False)
        for widget in (self.heading, self.label, self.note, self.event_widget()):
            # Not the button's press: a simulation may want that for itself.
            for sequence in self._menu_events():
                widget.bind(sequence, lambda e: self.post_menu(e.x_root, e.y_root), add=True)
        return menu

    def _stop_timers(self, event: Any) -> None:
        if event.widget is self:
            for timer in self._timers.values():
                self.after_cancel(timer)

    def _menu_events(self) -> tuple[str, ...]:
        """Return what opens a menu; macOS calls the right button the second one."""
        if self.tk.call("tk", "windowingsystem") == "aqua":
            return "<ButtonRelease-2>", "<Control-ButtonRelease-1>"
        return "<ButtonRelease-3>", "<Control-ButtonRelease-1>"

    def choices(self, label: str, key: str, chosen: Callable[[Any], object]) -> Choices:
        """Add a submenu to `menu` of whose entries one is on, and marked."""
        return Choices(self.menu, label, key, chosen)

    def after_once(
        self, key: str, seconds: float, function: Callable[[], object], *, anew: bool = False
    ) -> None:
        """Call `function` in some time, unless a call under that key waits already.

        With `anew` the time begins again, in place of the call that waits.
        """
        if key in self._timers:
            if not anew:
                return
            self.after_cancel(self._timers[key])

        def due() -> None:
            del self._timers[key]
            function()

        self._timers[key] = self.after(int(seconds * 1000), due)

    def post_menu(self, x: int, y: int) -> None:
        """Open the panel's menu at a place of the screen."""
        self.complete_menu(self.menu)
        self.host.theme.color_menu(self.menu)
        self.menu.tk_popup(x, y)
