"""Create many related tables as one operation.

Django renders all related models anew after each operation; with a hundred tables that point at one another, the
170 operations of the first migration took half of the time of migrating from zero. Here the state changes first, is
rendered once, and the tables are made from it, with all their columns, indexes and constraints.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.operations.base import Operation


class CreateTogether(Operation):
    """The listed operations at once: tables of `CreateModel`, and columns added to tables that were there before."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, operations: Sequence[Operation]) -> None:
        self.operations = list(operations)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (type(self).__qualname__, [self.operations], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        state.__dict__.pop("apps", None)  # no rendered models: each change is then an entry in a dictionary
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        made = self._made()
        for name in made:
            schema_editor.create_model(to_state.apps.get_model(app_label, name))
        for operation in self.operations:
            if isinstance(operation, AddField) and operation.model_name_lower not in made:
                operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        made = self._made()
        for operation in self.operations:
            if isinstance(operation, AddField) and operation.model_name_lower not in made:
                operation.database_backwards(app_label, schema_editor, from_state, to_state)
        for name in reversed(made):
            schema_editor.delete_model(from_state.apps.get_model(app_label, name))

    def _made(self) -> list[str]:
        return [op.name_lower for op in self.operations if isinstance(op, CreateModel)]

    def describe(self) -> str:
        return f"Create {len(self._made())} tables together"
