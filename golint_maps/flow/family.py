"""What the walks of a function and of its literals share."""

from __future__ import annotations

from golint_maps.flow.assigned import assigned_fields, assigned_names
from golint_maps.flow.calls import Callees
from golint_maps.flow.constructors import makes_anew
from golint_maps.flow.identity import Names
from golint_maps.flow.lock_helpers import LockEffects
from golint_maps.flow.traverse import each
from golint_maps.flow.view import View
from golint_maps.syntax import ir


class Family:
    """A function and its literals."""

    def __init__(self, view: View) -> None:
        self.view = view
        self.names = Names(view)
        self.callees = Callees(self.names)
        self.lock_effects = LockEffects.of(view.package)
        captured = {number for function in view.functions for number in function.captures}
        self.captured = frozenset(captured)
        """Local variables that literals have, and not only what was in them when a goroutine was started."""
        self.sent: dict[int, tuple[str, ...] | None] = {}
        """The channels that local variables are sent to."""
        # A local map can only race when a literal captures it or a goroutine gets it as an argument.
        for function in view.functions:
            for start in each(function.body or (), ir.Go):
                if isinstance(start.call, ir.Call):
                    captured.update(argument.id for argument in start.call.args if isinstance(argument, ir.Local))
            for send in each(function.body or (), ir.Send):
                if isinstance(send.value, ir.Local):
                    captured.add(send.value.id)
                    self.sent[send.value.id] = self.names.path(send.channel)
        self.shared_locals = frozenset(captured)
        self.handed_in = frozenset(number for function in view.functions[1:] for number in function.params if number >= 0)
        """Parameters of literals: who calls a literal has what it is given."""
        one_by_one = view.root.params[:-1] if view.root.type.variadic else view.root.params
        self.switches = {number: index for index, number in enumerate(one_by_one) if number >= 0 and not view.assignments[number]}
        """Parameters of the function that stay what they are: true or false, nil or not."""
        self.assigned_names = assigned_names(view.package)
        self.assigned_fields = assigned_fields(view.package)

    def makes_anew(self, token: str) -> bool:
        """Tell whether a function of this package makes what it returns."""
        declared = self.lock_effects.declared(token)
        return declared is not None and makes_anew(declared)


def is_bool(kind: ir.TypeExpr | None) -> bool:
    """Tell whether a written type is that of truth values."""
    return isinstance(kind, ir.TName) and kind.name == "bool"
