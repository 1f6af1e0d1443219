"""The look of the window: palettes, fonts and ttk styles on the theme "clam", scaled to the screen.

Tk variables, images and fonts that tkinter deletes in ``__del__`` must not become garbage on the
worker's thread; so this package names variables and fonts by text and keeps images in lists.
"""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass
from tkinter import ttk
from typing import Any

from ivisit.gui.toolkit.indicators import Indicators


@dataclass(frozen=True)
class Palette:
    """Colours of the window, by role."""

    name: str
    background: str
    surface: str
    text: str
    muted: str
    border: str
    trough: str
    hover: str
    accent: str
    on_accent: str
    danger: str
    notice: str
    lines: tuple[str, ...]


LIGHT = Palette(
    name="light",
    background="#f1f3f6",
    surface="#ffffff",
    text="#1d232d",
    muted="#667085",
    border="#cdd3dc",
    trough="#d6dbe3",
    hover="#e4e8ee",
    accent="#2667d8",
    on_accent="#ffffff",
    danger="#b3261e",
    notice="#fff4d6",
    lines=(
        "#2667d8",
        "#d4601c",
        "#2a8a57",
        "#8b4fc4",
        "#b8304f",
        "#0f8a9d",
        "#96750f",
        "#5f6b7a",
    ),
)
DARK = Palette(
    name="dark",
    background="#1c1f24",
    surface="#262a31",
    text="#e7e9ee",
    muted="#9aa3b2",
    border="#3b414c",
    trough="#434a56",
    hover="#323843",
    accent="#5c9bff",
    on_accent="#0d1420",
    danger="#ff7b72",
    notice="#4a3d16",
    lines=(
        "#5c9bff",
        "#ff9a5c",
        "#5ccf92",
        "#c39bf2",
        "#ff7f9b",
        "#4fc9dc",
        "#e0bd55",
        "#a9b4c4",
    ),
)


#: The fonts of the window.
FONTS = (
    "TkDefaultFont",
    "TkTextFont",
    "TkMenuFont",
    "TkHeadingFont",
    "TkFixedFont",
    "IvisitHeading",
)


class Theme:
    """Applies a palette to a Tk interpreter.

    Parameters
    ----------
    root : tkinter.Tk
        The main window.

    Attributes
    ----------
    scale : float
        Pixels of this screen for one pixel at 96 dots per inch.
    palette : Palette
        The present colours.
    letters : float
        Size of letters, in units of those of the system.
    """

    def __init__(self, root: tk.Tk) -> None:
        self.root = root
        # Virtual displays report nonsense such as 1 dpi; no readable screen lies outside.
        self.scale = min(max(root.winfo_fpixels("1i") / 96, 1.0), 4.0)
        root.tk.call("tk", "scaling", self.scale * 96 / 72)
        self.palette = LIGHT
        self.letters = 1.0
        self._indicators: dict[str, Indicators] = {}
        self._make_fonts()

    def pixels(self, length: float) -> int:
        """Return a length given for 96 dpi in pixels of this screen."""
        return round(length * self.scale)

    def set_font_size(self, larger: int) -> None:
        """Make all letters larger, by points; 0 is the size of the system."""
        call = self.root.tk.call
        sign = 1 if self._font_size > 0 else -1
        # Negative sizes are pixels.
        scale = self.scale * 96 / 72 if sign < 0 else 1.0
        size = self._font_size + sign * round(larger * scale)
        self.letters = size / self._font_size
        for name in FONTS:
            call("font", "configure", name, "-size", size)
        call("font", "configure", "IvisitSmall", "-size", size - sign)
        self._set_spacing(ttk.Style(self.root))
        self._set_table_colors(ttk.Style(self.root))

    def apply(self, palette: Palette) -> None:
        """Give all ttk widgets, and those created from now on, the colours of `palette`."""
        self.palette = palette
        style = ttk.Style(self.root)
        style.theme_use("clam")
        if palette.name not in self._indicators:
            self._indicators[palette.name] = Indicators(self.root, palette, self.scale)
        self._set_colors(style)
        self._set_spacing(style)
        self._indicators[palette.name].use(style)
        self._set_options()
        self.root.configure(background=palette.background)
        # Only this event makes existing widgets take over a changed layout of elements.
        style.theme_use("clam")
        self._color_lists(self.root)

    def _make_fonts(self) -> None:
        call = self.root.tk.call
        size = abs(int(call("font", "actual", "TkDefaultFont", "-size")))
        self._font_size = size
        family = call("font", "actual", "TkDefaultFont", "-family")
        for name in ("TkDefaultFont", "TkTextFont", "TkMenuFont", "TkHeadingFont"):
            call("font", "configure", name, "-family", family, "-size", size)
        call("font", "configure", "TkFixedFont", "-size", size)
        call("font", "create", "IvisitHeading", "-family", family, "-size", size, "-weight", "bold")
        call("font", "create", "IvisitSmall", "-family", family, "-size", size - 1)

    def _set_colors(self, style: ttk.Style) -> None:
        p = self.palette
        style.configure(
            ".",
            background=p.background,
            foreground=p.text,
            fieldbackground=p.surface,
            bordercolor=p.border,
            lightcolor=p.background,
            darkcolor=p.background,
            troughcolor=p.trough,
            selectbackground=p.accent,
            selectforeground=p.on_accent,
            insertcolor=p.text,
            focuscolor=p.accent,
            arrowcolor=p.text,
            font="TkDefaultFont",
        )
        style.map(".", foreground=[("disabled", p.muted)])
        self._set_button_colors(style)
        self._set_field_colors(style)
        self._set_label_colors(style)
        self._set_table_colors(style)
        style.configure("Card.TFrame", background=p.surface, bordercolor=p.border)
        style.configure("Tick.TFrame", background=p.text)
        style.configure("TPanedwindow", background=p.background)
        style.configure("Horizontal.TProgressbar", background=p.accent, troughcolor=p.trough)
        style.configure("Horizontal.TProgressbar", lightcolor=p.accent, darkcolor=p.accent)
        style.configure("Horizontal.TProgressbar", bordercolor=p.border)
        style.configure("Sash", background=p.background, lightcolor=p.border, bordercolor=p.border)

    def _set_button_colors(self, style: ttk.Style) -> None:
        p = self.palette
        for name, back, fore, hover in (
            ("TButton", p.surface, p.text, p.hover),
            ("Accent.TButton", p.accent, p.on_accent, p.accent),
            ("Pending.TButton", p.notice, p.text, p.notice),
        ):
            style.configure(name, background=back, foreground=fore, lightcolor=back, darkcolor=back)
            pressed = [("disabled", p.background), ("pressed", p.trough), ("active", hover)]
            style.map(
                name,
                background=pressed,
                lightcolor=pressed,
                darkcolor=pressed,
                foreground=[("disabled", p.muted)],
                bordercolor=[("focus", p.accent)],
            )
        style.configure("Accent.TButton", bordercolor=p.accent)
        back = p.background
        style.configure("Section.TButton", background=back, bordercolor=back, anchor="w")
        style.configure("Section.TButton", lightcolor=back, darkcolor=back, font="IvisitHeading")
        style.map(
            "Section.TButton",
            background=[("active", p.hover)],
            lightcolor=[("active", p.hover)],
            darkcolor=[("active", p.hover)],
            bordercolor=[("focus", p.accent)],
        )
        for name, fore, ground in (
            ("Tool.TButton", p.muted, p.surface),
            ("On.Tool.TButton", p.accent, p.hover),
        ):
            style.configure(name, background=ground, foreground=fore, bordercolor=ground)
            style.configure(name, lightcolor=ground, darkcolor=ground, font="IvisitSmall")
            over = [("active", p.hover)]
            style.map(name, background=over, lightcolor=over, darkcolor=over, bordercolor=over)
            style.map(name, foreground=[("active", p.text)])
        for name in ("TCheckbutton", "TRadiobutton"):
            style.map(name, background=[("active", p.background)])
        for name, color in (("Tab.TButton", p.muted), ("ChosenTab.TButton", p.text)):
            style.configure(name, background=p.surface, bordercolor=p.surface, foreground=color)
            style.configure(name, lightcolor=p.surface, darkcolor=p.surface)
            style.map(name, bordercolor=[("focus", p.accent)])
        chosen = {"background": p.hover, "lightcolor": p.hover, "darkcolor": p.hover}
        style.configure("ChosenTab.TButton", **chosen, bordercolor=p.hover, font="IvisitHeading")
        style.configure("Card.TCheckbutton", background=p.surface)
        style.map("Card.TCheckbutton", background=[("active", p.surface)])

    def _set_field_colors(self, style: ttk.Style) -> None:
        p = self.palette
        for name in ("TEntry", "TCombobox"):
            style.configure(name, lightcolor=p.surface, darkcolor=p.surface, background=p.surface)
            style.map(
                name,
                bordercolor=[("focus", p.accent)],
                lightcolor=[("focus", p.surface)],
                fieldbackground=[("disabled", p.background), ("readonly", p.surface)],
                foreground=[("disabled", p.muted), ("readonly", p.text)],
                selectbackground=[("readonly", p.surface)],
                selectforeground=[("readonly", p.text)],
                background=[("active", p.hover)],
            )
        for name in ("Vertical.TScrollbar", "Horizontal.TScrollbar"):
            style.configure(
                name,
                background=p.trough,
                troughcolor=p.background,
                bordercolor=p.background,
                lightcolor=p.trough,
                darkcolor=p.trough,
                gripcount=0,
            )
            style.map(
                name,
                background=[("disabled", p.background), ("active", p.muted)],
                lightcolor=[("active", p.muted)],
                darkcolor=[("active", p.muted)],
            )

    def _set_table_colors(self, style: ttk.Style) -> None:
        p = self.palette
        style.configure("Treeview", background=p.surface, fieldbackground=p.surface)
        style.configure("Treeview", foreground=p.text, bordercolor=p.border)
        style.configure("Treeview", lightcolor=p.surface, darkcolor=p.surface)
        style.map(
            "Treeview",
            background=[("selected", p.accent)],
            foreground=[("selected", p.on_accent)],
            bordercolor=[("focus", p.accent)],
        )
        style.configure("Treeview.Heading", background=p.hover, foreground=p.text)
        style.configure("Treeview.Heading", lightcolor=p.hover, darkcolor=p.hover)
        style.map("Treeview.Heading", background=[("active", p.trough)])
        # Rows as high as their letters, whatever the dots per inch.
        line = int(str(self.root.tk.call("font", "metrics", "TkDefaultFont", "-linespace")))
        style.configure("Treeview", rowheight=line + self.pixels(4))

    def _set_label_colors(self, style: ttk.Style) -> None:
        p = self.palette
        style.configure("Muted.TLabel", foreground=p.muted)
        style.configure("Problem.TLabel", foreground=p.danger, font="IvisitSmall")
        style.configure("Card.TLabel", background=p.surface)
        style.configure("CardHeading.TLabel", background=p.surface, font="IvisitHeading")
        style.configure(
            "CardMuted.TLabel", background=p.surface, foreground=p.muted, font="IvisitSmall"
        )
        style.configure("Waiting.TLabel", background=p.notice)
        style.configure(
            "CardProblem.TLabel", background=p.surface, foreground=p.danger, font="IvisitSmall"
        )
        style.configure("Hint.TLabel", background=p.surface, foreground=p.muted)
        style.configure("Dot.TLabel", foreground=p.accent, font="IvisitSmall")
        style.configure("Notice.TLabel", background=p.notice)
        style.configure("Notice.TFrame", background=p.notice, bordercolor=p.border)
        style.configure("Horizontal.TProgressbar", background=p.accent, troughcolor=p.trough)
        style.configure("Horizontal.TProgressbar", lightcolor=p.accent, darkcolor=p.accent)
        style.configure("Horizontal.TProgressbar", bordercolor=p.trough)
        style.configure("Danger.TLabel", foreground=p.danger, font="IvisitHeading")

    def _set_spacing(self, style: ttk.Style) -> None:
        px = self.pixels
        style.configure("TButton", padding=(px(10), px(3)), width=0, relief="raised")
        style.configure("Section.TButton", padding=(px(2), px(1)))
        style.configure("Tool.TButton", padding=(px(3), 0), borderwidth=0, relief="flat")
        style.configure("TEntry", padding=(px(4), px(2)))
        style.configure("TCombobox", padding=(px(4), px(2)), arrowsize=px(13))
        style.configure("Card.TFrame", relief="solid", borderwidth=1)
        style.configure("Notice.TFrame", relief="solid", borderwidth=1)
        style.configure("Horizontal.TProgressbar", thickness=px(10))
        for name in ("TCheckbutton", "TRadiobutton"):
            style.configure(name, padding=(0, px(2)))
        for name in ("Vertical.TScrollbar", "Horizontal.TScrollbar"):
            style.configure(name, arrowsize=px(12), width=px(12))

    def _set_options(self) -> None:
        """Set the colours of the drop-down lists, which ttk does not reach."""
        p = self.palette
        options: dict[str, Any] = {
            "*TCombobox*Listbox.background": p.surface,
            "*TCombobox*Listbox.foreground": p.text,
            "*TCombobox*Listbox.selectBackground": p.accent,
            "*TCombobox*Listbox.selectForeground": p.on_accent,
            "*TCombobox*Listbox.font": "TkDefaultFont",
            "*Menu.background": p.surface,
            "*Menu.foreground": p.text,
            "*Menu.activeBackground": p.accent,
            "*Menu.activeForeground": p.on_accent,
            "*Menu.disabledForeground": p.muted,
            "*Menu.selectColor": p.text,
            "*Menu.relief": "raised",
            "*Menu.borderWidth": 1,
            "*Menu.activeBorderWidth": 0,
        }
        for pattern, value in options.items():
            self.root.option_add(pattern, value)

    def _color_lists(self, widget: tk.Misc) -> None:
        """Color the drop-down lists that exist already."""
        p = self.palette
        for child in widget.winfo_children():
            self._color_lists(child)
        box = f"{widget}.popdown.f.l"
        if isinstance(widget, ttk.Combobox) and int(self.root.tk.call("winfo", "exists", box)):
            colors = ("-background", p.surface, "-foreground", p.text)
            chosen = ("-selectbackground", p.accent, "-selectforeground", p.on_accent)
            self.root.tk.call(box, "configure", *colors, *chosen)

    def color_text(self, text: tk.Text, *, card: bool = True) -> None:
        """Give a multi-line text the colours of the palette."""
        p = self.palette
        text.configure(
            background=p.surface if card else p.background,
            foreground=p.text,
            insertbackground=p.text,
            selectbackground=p.accent,
            selectforeground=p.on_accent,
            highlightbackground=p.border,
            highlightcolor=p.accent,
            relief="flat",
            borderwidth=0,
        )

    def color_menu(self, menu: tk.Menu) -> None:
        """Give an existing menu and its submenus the colours of the palette."""
        p = self.palette
        menu.configure(
            background=p.surface,
            foreground=p.text,
            activebackground=p.accent,
            activeforeground=p.on_accent,
            disabledforeground=p.muted,
            selectcolor=p.text,
        )
        for child in menu.winfo_children():
            if isinstance(child, tk.Menu):
                self.color_menu(child)
