"""Create many related tables as one operation.

Django renders all related models anew after each operation; with a hundred tables that point at one another, the
170 operations of the first migration took half of the time of migrating from zero. Here the state changes first, is
rendered once, and the tables are made from it, with all their columns, indexes and constraints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """The listed operations at once; each concerns a table that one of them creates."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)
        made = set(self._made())
        for operation in self.operations:
            if getattr(operation, "model_name_lower", getattr(operation, "name_lower", "")) not in made:
                raise ValueError(f"{operation.describe()}: concerns a table that is not created here")

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.operations], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # no rendered models: each change is then an entry in a dictionary
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self._made():
            schema_editor.create_model(to_state.apps.get_model(app_label, name))

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in reversed(self._made()):
            schema_editor.delete_model(from_state.apps.get_model(app_label, name))

    def _made(self) -> list[str]:
        return [operation.name_lower for operation in self.operations if isinstance(operation, CreateModel)]

    def describe(self) -> str:
        return f"Create {len(self._made())} tables together"
