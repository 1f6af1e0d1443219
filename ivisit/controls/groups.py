"""Controls whose value is a dict of named items."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ivisit.controls.base import Control
from ivisit.declarations import FrozenDict, own_name
from ivisit.errors import ParameterError, address, unknown


class Group(Control):
    """A control whose value is a dict of named items, each with a control of its own."""

    #: What one item is called in messages.
    item_word = "item"

    def __init__(self, items: Mapping[str, Control], **texts: Any) -> None:
        self.items = dict(items)
        super().__init__({name: item.default for name, item in self.items.items()}, **texts)

    def check(self, owner: str) -> None:
        if not self.items:
            raise self.refusal(owner, "default", f"a dict with at least one {self.item_word}", {})
        for name, item in self.items.items():
            if not isinstance(name, str) or not name:
                raise self.refusal(owner, f"name of an {self.item_word}", "a non-empty text", name)
            item.name = name
            item.check(address(owner, self.name))
        self.default = {name: item.default for name, item in self.items.items()}
        super().check(owner)

    def validate(self, value: Any, *, owner: str = "", present: Any = None) -> FrozenDict:
        if not isinstance(value, Mapping):
            raise self._refused(owner, value)
        here = address(owner, self.name)
        full = dict(present or self.default)
        for name, item in value.items():
            name = own_name(self.items, name)
            if name not in self.items:
                raise ParameterError(unknown(here, self.item_word, name, self.items))
            full[name] = self.items[name].validate(item, owner=here)
        return FrozenDict(full)

    def parse(self, text: str, *, owner: str = "", present: Any = None) -> FrozenDict:
        try:
            value = json.loads(text)
        except ValueError:
            value = text
        return self.validate(value, owner=owner, present=present)

    def parse_item(self, item: str, text: str, *, owner: str = "") -> dict[str, Any]:
        """Return ``{item: value}`` for ``-p control.item=text``."""
        here = address(owner, self.name)
        item = own_name(self.items, item)
        if item not in self.items:
            raise ParameterError(unknown(here, self.item_word, item, self.items))
        return {item: self.items[item].parse(text, owner=here)}

    def text(self, value: Any) -> str:
        return json.dumps(value, ensure_ascii=False)

    @property
    def type_name(self) -> str:
        return "dict"

    def describe(self) -> dict[str, Any]:
        return super().describe() | {"items": [item.describe() for item in self.items.values()]}
