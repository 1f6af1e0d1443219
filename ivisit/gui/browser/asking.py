"""What the browser asks for before it does something: names, comments, files."""

from __future__ import annotations

from pathlib import Path
from tkinter import filedialog
from typing import TYPE_CHECKING

from ivisit.gui.toolkit.dialogs import FormDialog, QuestionDialog

if TYPE_CHECKING:
    from ivisit.gui.browser.browser import Browser

#: What files can be imported.
FILES = [("Exported sets", "*.json"), ("Stores", "*.ivisit *.db"), ("All files", "*")]


class Asking:
    """Dialogs of the browser.

    Parameters
    ----------
    browser : Browser
        The browser.
    """

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def name(self) -> FormDialog | None:
        """Ask for another name of the selected set."""
        browser, stored = self.browser, self.browser.chosen()
        if stored is None:
            return None

        def accept(fields: dict[str, str]) -> str:
            name = fields["Name"].strip()
            if not name:
                return "A parameter set needs a name."
            problem = "" if name == stored.name else browser.commands.rename(stored.name, name)
            if not problem:
                browser.refresh(name)
            return problem

        fields = {"Name": stored.name}
        return FormDialog(browser.window, "Rename", fields, accept, button="Rename")

    def comment(self) -> FormDialog | None:
        """Ask for a comment on the selected set."""
        browser, stored = self.browser, self.browser.chosen()
        if stored is None:
            return None

        def accept(fields: dict[str, str]) -> str:
            browser.commands.comment(stored.name, stored.comment, fields["Comment"].strip())
            browser.refresh()
            return ""

        return FormDialog(
            browser.window,
            f"Comment on {stored.name}",
            {"Comment": stored.comment},
            accept,
            button="Save",
        )

    def removal(self) -> QuestionDialog | None:
        """Ask whether the selected deleted sets are to be removed for good."""
        browser = self.browser
        names = [stored.name for stored in browser.selected()]
        if browser.chosen() is None:
            return None
        what = repr(names[0]) if len(names) == 1 else f"{len(names)} sets"

        def remove() -> None:
            browser.commands.remove(names)
            browser.refresh()

        return QuestionDialog(
            browser.window,
            "Remove for good",
            f"Remove {what} with all versions? That cannot be undone.",
            {"Remove": remove},
        )

    def export(self) -> None:
        """Ask for a file and write the selected sets, or all that are shown, into it."""
        browser = self.browser
        names = [stored.name for stored in browser.selected() or browser.rows.shown]
        if not names:
            browser.window.say("There is no set to export")
            return
        path = filedialog.asksaveasfilename(
            parent=browser.window.root,
            defaultextension=".json",
            initialfile=f"{names[0] if len(names) == 1 else 'sets'}.json",
            filetypes=FILES[:1],
        )
        if path:
            browser.commands.export(path, names, self.export)

    def import_(self, *, merge: bool = False) -> None:
        """Ask for a file and add its sets."""
        browser = self.browser
        path = filedialog.askopenfilename(
            parent=browser.window.root,
            filetypes=FILES,
            initialdir=str(Path.cwd()),
        )
        if path:
            self.take(path, merge=merge)

    def take(self, path: str, *, merge: bool = False) -> None:
        """Add the sets of a file, and select them."""
        browser = self.browser
        names = browser.commands.import_(path, merge=merge)
        browser.refresh()
        browser.select(names)

    def take_over(self) -> FormDialog | None:
        """Ask whose sets are to become those of this simulation."""
        browser = self.browser
        keys = browser.commands.keys()
        if not keys:
            browser.window.say("The store holds nothing of other simulations")
            return None

        def accept(fields: dict[str, str]) -> str:
            if fields["Its former name"] not in keys:
                return f"The store holds what belongs to {', '.join(keys)}."
            browser.commands.take_over(fields["Its former name"])
            browser.refresh()
            return ""

        return FormDialog(
            browser.window,
            "Take over sets",
            {"Its former name": keys[0]},
            accept,
            text="The sets and runs of a simulation whose class was renamed become those of "
            f"{browser.window.session.simulation_class.key}.",
            button="Take over",
        )
