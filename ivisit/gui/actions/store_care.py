"""`StoreCare`: a store that cannot be used, or that others change, and the ways out."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from tkinter import filedialog
from typing import TYPE_CHECKING

from ivisit.errors import IVisitError, StoreError
from ivisit.gui.toolkit.dialogs import QuestionDialog
from ivisit.sets.wording import local_time, what_changes

if TYPE_CHECKING:
    from ivisit.gui.window import Window
    from ivisit.store import ParameterSet, ParameterStore

#: Seconds between two looks at the file.
WATCH_TIME = 1.0
#: Values that a message names at the most.
MOST_NAMED = 6
#: What the messages are about; see `MessageBar.show`.
STORE, FOREIGN_SET = "store", "set"
#: What the buttons say.
OPEN_ANEW, ELSEWHERE, PUT_BACK = "Open the store anew", "Save elsewhere ...", "Put it back"


class StoreCare:
    """Watches the store of a window, says what happened to it and offers what can be done.

    Parameters
    ----------
    window : Window
        The window.
    """

    def __init__(self, window: Window) -> None:
        self.window = window
        self._due = 0.0
        self._seen: object = None
        #: Name and version of the set saved elsewhere that the user has been told of.
        self._told: tuple[str, int] = ("", 0)

    # Watching -------------------------------------------------------------------------------

    def poll(self, now: float) -> None:
        """Look, once a second, whether somebody else has changed the store."""
        if now < self._due:
            return
        self._due = now + WATCH_TIME
        store = self.window.sets.store
        if store is None:
            return
        if not store.is_in_place:
            self._tell_of_lost_place(store)
        # By the files, not by asking SQLite, which might have to wait for who writes there.
        elif (state := state_of(store.path)) != self._seen:
            self._seen = state
            self._look_for_foreign_version()

    def _look_for_foreign_version(self) -> None:
        stored = self.foreign_version()
        if stored is None:
            self.window.messages.dismiss(FOREIGN_SET)
        elif (stored.name, stored.version) != self._told:
            self._told = (stored.name, stored.version)
            offers: dict[str, Callable[[], object]] = {
                "Load it": lambda: self.window.sets.load(stored.name)
            }
            self.window.messages.show(FOREIGN_SET, self._describe(stored), offers)

    def foreign_version(self) -> ParameterSet | None:
        """Return the newest version of the set that is shown, if it was saved elsewhere since."""
        sets = self.window.sets
        if sets.store is None or sets.shown is None:
            return None
        try:
            newest = sets.store.load(self.window.session.simulation_class, sets.name)
        except StoreError:
            return None  # it was deleted elsewhere: saving brings it back
        return newest if newest.version > sets.newest_seen else None

    def _describe(self, stored: ParameterSet) -> str:
        """Say who saved a set elsewhere, when, and what differs."""
        who = stored.layout.get("saved_by") if isinstance(stored.layout, Mapping) else ""
        by = f" by {who}" if isinstance(who, str) and who else ""
        differing = what_changes(self.window.sets.chosen, stored)
        return (
            f"{stored.name!r} was saved elsewhere{by}: version {stored.version}, "
            f"{local_time(stored.saved_at)}; "
            + (f"differs from the values here: {differing}" if differing else "the same values")
        )

    def may_save_over(self, save: Callable[[], object]) -> bool:
        """Tell whether nobody else has saved the set; else ask, and call ``save()`` if wanted."""
        stored = self.foreign_version()
        if stored is None or not what_changes(self.window.sets.chosen, stored):
            return True
        sets = self.window.sets

        def save_over() -> None:
            sets.newest_seen = stored.version
            save()

        QuestionDialog(
            self.window,
            "Saved elsewhere",
            f"{self._describe(stored)}.\n\nSaving here makes a newer version; the other one stays "
            "among the former versions.",
            {
                "Save over it": save_over,
                "Load it": lambda: sets.load(stored.name),
                "Save as ...": sets.ask_name,
            },
        )
        return False

    def warn_once(self) -> str:
        """Return what to tell before the set is saved over, the first time; empty: nothing."""
        stored = self.foreign_version()
        if stored is None or not what_changes(self.window.sets.chosen, stored):
            return ""
        self.window.sets.newest_seen = stored.version
        return f"{self._describe(stored)}. Save once more to make a newer version of it."

    # What is wrong, and the ways out --------------------------------------------------------

    def report(self, error: IVisitError, again: Callable[[], object] | None = None) -> None:
        """Say that the store could not be used, and offer what can be done.

        ``again()`` repeats what was wanted.
        """
        store = self.window.sets.store
        if store is not None and not store.is_in_place:
            self._tell_of_lost_place(store)
            return
        if again is not None:
            self._show(str(error), {"Try again": again})
        elif store is None or store.read_only:
            self._show(str(error), {OPEN_ANEW: self.open_anew})
        else:  # what was wanted is not there; the store itself is sound
            self.window.messages.show(STORE, str(error), {OPEN_ANEW: self.open_anew})

    def tell_read_only(self, path: Path) -> None:
        """Say that nothing can be saved into the store."""
        self._show(
            f"{path}: may only be read; changes cannot be saved there", {OPEN_ANEW: self.open_anew}
        )

    def _tell_of_lost_place(self, store: ParameterStore) -> None:
        if store.path.exists():
            text = f"{store.path}: was replaced by another file while it was open"
            self._show(text, {OPEN_ANEW: self.open_anew})
        else:
            text = f"{store.path}: was deleted or moved while it was open"
            self._show(f"{text}; nothing is lost yet", {PUT_BACK: self.put_back})

    def _show(self, text: str, offers: Mapping[str, Callable[[], object]]) -> None:
        self.window.messages.show(STORE, text, {**offers, ELSEWHERE: self.ask_elsewhere})

    def open_anew(self) -> None:
        """Close the store and open what its path leads to; the values in the window stay."""
        sets = self.window.sets
        kept = self._keep_copy()
        sets.forget_store()
        count = len(sets.names())
        if STORE not in self.window.messages.messages:
            self.window.say(f"Opened {sets.path.name}: {count} parameter sets{kept}")

    def _keep_copy(self) -> str:
        """Keep what a replaced file held and the present one does not; say where."""
        store = self.window.sets.store
        if store is None or store.is_in_place or not store.path.exists():
            return ""
        with suppress(StoreError):
            if _versions(store) <= _versions_at(store.path):
                return ""
        copy = store.path.with_name(f"{store.path.name}.former-{secrets.token_hex(3)}")
        try:
            store.backup(copy)
        except StoreError as error:
            return f"; the former file cannot be read any more: {error}"
        return f"; what the former file held is in {copy.name}"

    def put_back(self) -> None:
        """Write the store that was deleted anew, with all that it held."""
        sets = self.window.sets
        store = sets.store
        if store is None:
            return
        draft = store.path.with_name(f".{secrets.token_hex(8)}.part")
        try:
            store.backup(draft)
            # The log beside the deleted file must be gone before a file has that name again.
            sets.forget_store()
            os.rename(draft, store.path)
        except (StoreError, OSError) as error:
            self._show(f"{store.path}: cannot be put back: {error}", {PUT_BACK: self.put_back})
            return
        finally:
            draft.unlink(missing_ok=True)
        sets.names()
        self.window.say(f"{store.path.name} is there again, with all that it held")

    def ask_elsewhere(self) -> None:
        """Ask for another file, and go on with that one."""
        path = filedialog.asksaveasfilename(
            parent=self.window.root,
            title="Save elsewhere",
            defaultextension=".ivisit",
            initialfile=self.window.sets.path.name,
            filetypes=[("Parameter store", "*.ivisit"), ("All files", "*")],
            confirmoverwrite=False,  # what is in a store stays there
        )
        if path:
            self.move_to(Path(path))

    def move_to(self, path: Path) -> None:
        """Go on with the store `path`, and save the present values there.

        Where there is none, it begins with all that the present store can still tell.
        """
        sets = self.window.sets
        former = sets.path
        try:
            if sets.store is not None and not path.exists():
                sets.store.backup(path)
            sets.forget_store()
            sets.path = path
            sets.open_store()
        except StoreError as error:
            sets.path = former
            self._show(str(error), {OPEN_ANEW: self.open_anew})
            return
        self.window.messages.dismiss(STORE)
        sets.save()


def state_of(path: Path) -> object:
    """Return what changes whenever somebody writes into a store."""
    found = []
    for file in (path, path.with_name(f"{path.name}-wal")):
        with suppress(OSError):
            status = file.stat()
            found.append((status.st_mtime_ns, status.st_size))
    return found


def _versions(store: ParameterStore) -> set[tuple[str, str, int, str]]:
    return {(s.simulation, s.name, s.version, s.saved_at) for s in store.sets()}


def _versions_at(path: Path) -> set[tuple[str, str, int, str]]:
    from ivisit.store import ParameterStore

    with ParameterStore(path, create=False, patience=0.0) as store:
        return _versions(store)
