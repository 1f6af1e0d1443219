"""The dialog that begins a film."""

from __future__ import annotations

from pathlib import Path
from tkinter import filedialog, ttk
from typing import TYPE_CHECKING

from ivisit.errors import IVisitError
from ivisit.films import Film
from ivisit.films.targets import has_ffmpeg
from ivisit.gui.actions.filming import PanelRecording, Recorder, Recording, ScreenRecording
from ivisit.gui.toolkit.dialogs import Dialog

if TYPE_CHECKING:
    from ivisit.gui.window import Window

ALL, SCREEN = "All panels", "The window, as it is on the screen"
NO_MP4 = "GIF only: MP4 needs the program ffmpeg on the path, and there is none."
MP4 = "The ending of the file says which: .gif or .mp4."


class FilmDialog(Dialog):
    """Asks what to film, how many pictures, and how many steps from one to the next."""

    def __init__(self, window: Window) -> None:
        super().__init__(window, "Record a film")
        self.window = window
        assert window.layout is not None
        cards = [c for c in window.layout.cards if c.name not in window.layout.hidden]
        self._choices: dict[str, tuple[str, ...]] = {ALL: ()}
        for card in cards:
            names = [n for n, other in window.layout.panels.items() if other is card]
            filmed = [n for n in names if card.panel.assignable]
            if filmed:
                self._choices[card.title] = tuple(filmed)
        shown = [name for names in self._choices.values() for name in names]
        self._choices[ALL] = tuple(shown)
        if not shown:
            del self._choices[ALL]
        self._choices[SCREEN] = ()
        px = window.theme.pixels
        self.what = ttk.Combobox(self.content, values=list(self._choices), state="readonly")
        self.what.current(0)
        every = window.session.worker.steps_per_frame or 1
        self.fields = {
            label: ttk.Entry(self.content, width=10)
            for label in ("Pictures", "Steps a picture", "Pictures a second")
        }
        self._place("What", self.what, 0)
        for row, ((label, entry), value) in enumerate(
            zip(self.fields.items(), (100, every, 20), strict=True), start=1
        ):
            entry.insert(0, str(value))
            entry.bind("<KeyRelease>", lambda event: self._summarize(), add=True)
            self._place(label, entry, row)
        self.summary = ttk.Label(self.content, style="Muted.TLabel", wraplength=px(380))
        self.summary.grid(row=4, column=0, columnspan=2, sticky="w", pady=(px(8), 0))
        text = MP4 if has_ffmpeg() else NO_MP4
        note = ttk.Label(self.content, text=text, style="Muted.TLabel", wraplength=px(380))
        note.grid(row=5, column=0, columnspan=2, sticky="w", pady=(px(4), 0))
        self.problem = ttk.Label(self.content, style="Problem.TLabel", wraplength=px(380))
        self.problem.grid(row=6, column=0, columnspan=2, sticky="w")
        self.content.columnconfigure(1, weight=1)
        self.add_button("Record ...", self.accept, is_default=True)
        self.add_button("Cancel", self.destroy)
        self._summarize()
        self.open(minimum=(px(420), 0))
        self.fields["Pictures"].focus_set()

    def _place(self, text: str, widget: ttk.Widget, row: int) -> None:
        px = self.window.theme.pixels
        label = ttk.Label(self.content, text=text)
        label.grid(row=row, column=0, sticky="w", padx=(0, px(12)), pady=px(3))
        widget.grid(row=row, column=1, sticky="ew", pady=px(3))

    def _numbers(self) -> tuple[int, int, float]:
        """Return pictures, steps a picture and pictures a second; ValueError for none."""
        pictures, every, rate = (entry.get().strip() for entry in self.fields.values())
        numbers = int(pictures), int(every), float(rate)
        if min(numbers) <= 0:
            raise ValueError
        return numbers

    def _summarize(self) -> None:
        """Say how long the film will be."""
        try:
            pictures, every, rate = self._numbers()
        except ValueError:
            text = ""
        else:
            steps = f"{pictures * every:,} steps from now on"
            text = f"The simulation runs {steps}; the film lasts {pictures / rate:.3g} s."
        self.summary.configure(text=text)

    def accept(self) -> None:
        """Ask for the file and begin; show what is wrong."""
        try:
            pictures, every, rate = self._numbers()
        except ValueError:
            self._tell("Whole numbers from 1 on; pictures a second may be a fraction.")
            return
        kinds = [("GIF", "*.gif"), ("MP4", "*.mp4")] if has_ffmpeg() else [("GIF", "*.gif")]
        path = filedialog.asksaveasfilename(
            parent=self,
            defaultextension=".gif",
            initialfile=f"{self.window.session.simulation_class.key}.gif",
            filetypes=kinds,
        )
        if not path:
            return
        what = self.what.get()
        try:
            film = Film(path, self._choices[what], every, rate)
            film.check(self.window.session.simulation_class)
            kind = ScreenRecording if what == SCREEN else PanelRecording
            self._begin(kind, film, pictures)
        except IVisitError as error:
            self._tell(str(error))

    def _begin(
        self, kind: type[ScreenRecording | PanelRecording], film: Film, pictures: int
    ) -> None:
        recording: Recording = kind(self.window, film, pictures)
        window = self.window
        self.destroy()
        window.update()  # a film of the screen must not begin with this dialog
        if window.alive:
            Recorder(window, Path(film.path), recording, lambda: ask_film(window))

    def _tell(self, text: str) -> None:
        self.problem.configure(text=text)
        self.geometry("")


def ask_film(window: Window) -> None:
    """Open the dialog, unless a film is being recorded already."""
    from ivisit.gui.bars.film_bar import FilmBar

    if any(isinstance(child, FilmBar) for child in window.root.winfo_children()):
        window.say("A film is being recorded already")
    else:
        FilmDialog(window)
