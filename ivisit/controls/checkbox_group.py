"""`CheckboxGroup`: several named bools."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from ivisit.controls.checkbox import Checkbox
from ivisit.controls.groups import Group
from ivisit.declarations import FrozenDict, Holder
from ivisit.errors import ParameterError, address, unknown


class CheckboxGroup(Group[bool]):
    """Several named check boxes.

    Parameters
    ----------
    default : dict of str to bool
        Names and initial states.
    label, help, group, restart
        See `Control`.

    Notes
    -----
    The value is a dict that cannot be changed in place; assigning a list of names switches those
    on and all others off. On the command line: ``-p show=gray,text`` or ``-p show.gray=off``.
    """

    item_word = "check box"

    if TYPE_CHECKING:  # a list of names may be assigned, too

        def __set__(
            self, instance: Holder, value: Mapping[str, bool] | Collection[str]
        ) -> None: ...

    def __init__(
        self,
        default: Mapping[str, bool],
        *,
        label: str | None = None,
        help: str = "",
        group: str = "",
        restart: bool = False,
    ) -> None:
        items = {name: Checkbox(state) for name, state in self.given_items(default).items()}
        super().__init__(items, label=label, help=help, group=group, restart=restart)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> FrozenDict:
        if isinstance(value, list | tuple | set | frozenset):
            for name in value:
                if name not in self.items:
                    here = address(owner, self.name)
                    raise ParameterError(unknown(here, self.item_word, name, self.items))
            value = {name: name in value for name in self.items}
        return super().validate(value, owner=owner, present=present)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> FrozenDict:
        if text.lstrip().startswith(("{", "[")):
            return super().parse(text, owner=owner, present=present)
        names = [name.strip() for name in text.split(",") if name.strip()]
        return self.validate(names, owner=owner)

    def allowed(self) -> str:
        return f"a dict of true or false for {', '.join(map(repr, self.items))}"
