"""Controls whose value is a dict of named items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Generic, Self, TypeVar

from ivisit.controls.base import Control
from ivisit.declarations import FrozenDict, own_name
from ivisit.errors import ParameterError, address, expected, unknown

#: Type of the value of one item.
Item = TypeVar("Item")


class Group(Control[Mapping[str, Item]], Generic[Item]):
    """A control whose value is a dict of named items, each with a control of its own."""

    #: What one item is called in messages.
    item_word = "item"
    adjustable: tuple[str, ...] = ("label", "items")

    @classmethod
    def given_items(cls, default: Any) -> dict[Any, Any]:
        """Return the items that were given as a dict; `ParameterError` where they are none."""
        if not isinstance(default, Mapping):
            raise ParameterError(
                expected(cls.__name__, "default", f"a dict of {cls.item_word} names", default)
            )
        return dict(default)

    def __init__(self, items: Mapping[str, Control[Item]], **texts: Any) -> None:
        # A dict of its own that nobody else can change, and that can be copied and pickled.
        self._items = dict(items)
        super().__init__({name: item.default for name, item in items.items()}, **texts)

    @property
    def items(self) -> Mapping[str, Control[Item]]:  # type: ignore[override]
        """The controls of the items, by name."""
        return MappingProxyType(self._items)

    def check(self, owner: str) -> None:
        self._check_arguments(owner)
        self.default = {name: item.default for name, item in self._items.items()}
        super().check(owner)

    def _check_arguments(self, owner: str) -> None:
        if not self._items:
            raise self.refusal(owner, "default", f"a dict with at least one {self.item_word}", {})
        for name, item in self._items.items():
            if not isinstance(name, str) or not name:
                raise self.refusal(owner, f"name of an {self.item_word}", "a non-empty text", name)
            if not item.name:
                item.name = name
            item.settle(address(owner, self.name))

    def adjusted(self, owner: str, changes: Mapping[str, Any]) -> Self:
        """Return this control with another label or other ranges of its items; see `Control`.

        Parameters
        ----------
        owner : str
            Name of the simulation, for messages.
        changes : mapping
            ``label``, and ``items``: a dict of item name to what changes in that item.
        """
        here = address(owner, self.name)
        items = dict(self._items)
        item_changes = changes.get("items", {})
        if not isinstance(item_changes, Mapping):
            wanted = f"a dict of {self.item_word} names to what changes in them"
            raise self.refusal(owner, "items", wanted, item_changes)
        for name, changed_arguments in item_changes.items():
            if name not in items:
                raise ParameterError(unknown(here, self.item_word, name, items))
            if not isinstance(changed_arguments, Mapping):
                wanted = "a dict of changed arguments"
                raise ParameterError(expected(here, name, wanted, changed_arguments))
            items[name] = items[name].adjusted(here, changed_arguments)
        others = {argument: value for argument, value in changes.items() if argument != "items"}
        changed = super().adjusted(owner, others)
        object.__setattr__(changed, "_items", items)
        object.__setattr__(changed, "default", changed.nearest(changed.default))
        return changed

    def declared(self, changes: Mapping[str, Any]) -> dict[str, Any]:
        former = {name: value for name, value in changes.items() if name != "items"}
        items = changes.get("items", {})
        undone = {name: self._items[name].declared(items[name]) for name in items}
        return super().declared(former) | ({"items": undone} if items else {})

    def nearest(self, value: Any) -> Any:
        return FrozenDict({name: self._items[name].nearest(item) for name, item in value.items()})

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> FrozenDict:
        if not isinstance(value, Mapping):
            raise self._refused(owner, value)
        here = address(owner, self.name)
        full = dict(present or self.default)
        for name, item in value.items():
            name = own_name(self._items, name)
            if name not in self._items:
                raise ParameterError(unknown(here, self.item_word, name, self._items))
            full[name] = self._items[name].validate(item, owner=here)
        return FrozenDict(full)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> FrozenDict:
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        return self.validate(value, owner=owner, present=present)

    def parse_item(self, item: str, text: str, *, owner: str = "") -> dict[str, Any]:
        here = address(owner, self.name)
        item = own_name(self._items, item)
        if item not in self._items:
            raise ParameterError(unknown(here, self.item_word, item, self._items))
        return {item: self._items[item].parse(text, owner=here)}

    def text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    @property
    def type_name(self) -> str:
        return "dict"

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"items": [item.describe() for item in self._items.values()]}
