"""Real code in steps: before it touches what threads share, it asks to.

`in_steps` takes the source of functions and makes generators of them. Each access
that another thread may notice becomes a request that is yielded, and whoever drives
the generator performs it at a moment of its choice. So all orders of the accesses of
several threads can be tried, in one thread, on the very code that runs in the engine.

A request is one of::

    ("get", object, name)           ("set", object, name, value)
    ("call", object, name, values)  ("truth", value)
    ("next", cursor)                ("acquire", lock)  ("release", lock)
    ("item", container, key)        ("set item", container, key, value)
    ("delete item", container, key)
"""

from __future__ import annotations

import ast
import copy
import inspect
import itertools
import operator
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Set
from functools import cache
from types import ModuleType
from typing import Any

Request = tuple[Any, ...]
END = object()
CHANGING = (list, dict, set, deque)


class Cursor:
    """A loop over something: the next value is a request of its own."""

    def __init__(self, source: Iterable[Any]) -> None:
        self.source = source
        self._rest: Iterator[Any] = iter(source)
        self.value: Any = None

    def fixed(self) -> bool:
        """Return whether it loops over what never changes."""
        return type(self.source) is tuple

    def rest(self) -> list[Any]:
        """Return what is still to come, as it is now."""
        return list(copy.copy(self._rest))

    def advance(self) -> bool:
        """Take the next value; False: there is none."""
        self.value = next(self._rest, END)
        return self.value is not END


def perform(request: Request) -> Any:
    """Do what a request asks for, as the code itself would have."""
    kind, thing, *details = request
    if kind == "get":
        return getattr(thing, details[0])
    if kind == "set":
        return setattr(thing, *details)
    if kind == "call":
        return getattr(thing, details[0])(*details[1])
    if kind == "truth":
        return bool(thing)
    if kind == "next":
        return thing.advance()
    if kind == "item":
        return thing[details[0]]
    if kind == "set item":
        return operator.setitem(thing, *details)
    if kind == "delete item":
        return operator.delitem(thing, details[0])
    if kind == "acquire":
        assert thing.acquire(False), "only what is enabled may be performed"
        return None
    assert kind == "release"
    return thing.release()


class Stepper(ast.NodeTransformer):
    """Rewrites the functions called ``routines`` as generators of requests.

    Parameters
    ----------
    routines : set of str
        Functions and methods to rewrite; calls of them become ``yield from``.
    shared : set of str
        Attributes that threads share.
    methods : set of str
        Methods that change or look at what threads share, each in one step.
    locks : set of str
        Attributes that are locks, for ``with``.
    lengths : bool
        Whether ``len`` of something and ``in`` are steps of their own.
    """

    def __init__(
        self,
        routines: Set[str],
        shared: Set[str],
        methods: Set[str],
        locks: Set[str] = frozenset(),
        lengths: bool = False,
    ) -> None:
        self._routines = routines
        self._shared = shared
        self._methods = methods
        self._locks = locks
        self._lengths = lengths
        self._numbers = itertools.count()
        self._inside = False

    def _fresh(self) -> str:
        return f"_step_{next(self._numbers)}"

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        if node.name not in self._routines or self._inside:
            return node
        self._inside = True
        node.body = self._block(node.body)
        node.body.insert(0, ast.parse("if False: yield").body[0])
        self._inside = False
        return node

    def _block(self, body: list[ast.stmt]) -> list[ast.stmt]:
        done: list[ast.stmt] = []
        for statement in body:
            changed = self.visit(statement)
            done += changed if isinstance(changed, list) else [changed]
        return done

    # Expressions

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        self.generic_visit(node)
        if not self._inside or node.attr not in self._shared:
            return node
        return _request("get", node.value, ast.Constant(node.attr))

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        self.generic_visit(node)
        if not self._inside or isinstance(node.slice, ast.Slice):
            return node
        return _request("item", node.value, node.slice)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if not self._inside:
            return self.generic_visit(node)
        node.args = [self.visit(argument) for argument in node.args]
        node.keywords = [self.visit(keyword) for keyword in node.keywords]
        function = node.func
        if isinstance(function, ast.Attribute):
            function.value = self.visit(function.value)
            if function.attr in self._methods:
                values = ast.Tuple(node.args, ast.Load())
                name = ast.Constant(function.attr)
                return _request("call", function.value, name, values)
            if function.attr in self._routines:
                return ast.YieldFrom(node)
        elif isinstance(function, ast.Name) and function.id in self._routines:
            return ast.YieldFrom(node)
        elif self._lengths and isinstance(function, ast.Name) and function.id == "len":
            return _method(node.args[0], "__len__")
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        if self._inside and self._lengths and isinstance(node.ops[0], ast.In):
            return _method(node.comparators[0], "__contains__", node.left)
        return node

    def _test(self, node: ast.expr) -> ast.expr:
        """Make the truth of something a request, where it may be shared."""
        plain = isinstance(node, ast.Name | ast.Attribute)
        visited: ast.expr = self.visit(node)
        return self._truth(visited) if plain and self._inside else visited

    def _truth(self, value: ast.expr) -> ast.expr:
        """Ask for the truth of a value, if it can change."""
        name = self._fresh()
        kept = ast.NamedExpr(ast.Name(name, ast.Store()), value)
        again = ast.Name(name, ast.Load())
        changes = _call("isinstance", kept, ast.Name("CHANGING", ast.Load()))
        return ast.IfExp(changes, _request("truth", again), again)

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        if isinstance(node.op, ast.Not):
            node.operand = self._test(node.operand)
            return node
        return self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Turn ``a or b`` into ``t if truth(t := a) else b``, and so for ``and``."""
        first, *others = node.values
        if not self._inside or not isinstance(first, ast.Name | ast.Attribute):
            first = self.visit(first)
            if not others:
                return first
            rest = others[0] if len(others) == 1 else ast.BoolOp(node.op, others)
            tested = self._test(rest)
            return ast.BoolOp(node.op, [first, tested])
        rest = others[0] if len(others) == 1 else ast.BoolOp(node.op, others)
        name = self._fresh()
        kept = ast.NamedExpr(ast.Name(name, ast.Store()), self.visit(first))
        left, right = ast.Name(name, ast.Load()), self.visit(rest)
        if isinstance(node.op, ast.And):
            left, right = right, left
        return ast.IfExp(self._truth(kept), left, right)

    # Statements

    def visit_If(self, node: ast.If) -> ast.AST:
        node.test = self._test(node.test)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        node.test = self._test(node.test)
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        return node

    def visit_Try(self, node: ast.Try) -> ast.AST | list[ast.stmt]:
        node.body, node.orelse = self._block(node.body), self._block(node.orelse)
        for handler in node.handlers:
            handler.body = self._block(handler.body)
        if not self._inside:
            return node
        if not node.finalbody:
            node.handlers.insert(0, _on_given_up())
            return node
        last, node.finalbody = self._block(node.finalbody), []
        if node.handlers:
            node.handlers.insert(0, _on_given_up())
            return self._finally([node], last)
        return self._finally(node.body, last)

    def _finally(self, body: list[ast.stmt], last: list[ast.stmt]) -> list[ast.stmt]:
        """Do what comes last, but in a generator that is given up ask for nothing."""
        name = self._fresh()
        goes_on = _assign(name, ast.Constant(True))
        given_up = _on_given_up(_assign(name, ast.Constant(False)))
        guarded: list[ast.stmt] = [ast.If(ast.Name(name, ast.Load()), last, [])]
        return [goes_on, ast.Try(body, [given_up], [], guarded)]

    def visit_For(self, node: ast.For) -> ast.AST | list[ast.stmt]:
        if not self._inside:
            return node
        name = self._fresh()
        cursor = ast.Name(name, ast.Load())
        begin = _assign(name, _call("Cursor", self.visit(node.iter)))
        take = ast.Assign([node.target], ast.Attribute(cursor, "value", ast.Load()))
        loop = ast.While(
            _next(cursor),
            [take, *self._block(node.body)],
            self._block(node.orelse),
        )
        return [begin, loop]

    def visit_With(self, node: ast.With) -> ast.AST | list[ast.stmt]:
        body = self._block(node.body)
        context = node.items[0].context_expr
        if not isinstance(context, ast.Attribute) or context.attr not in self._locks:
            node.body = body
            return node
        name = self._fresh()
        lock = ast.Name(name, ast.Load())
        context.value = self.visit(context.value)
        acquire, release = (
            ast.Expr(_request(kind, lock)) for kind in ("acquire", "release")
        )
        return [_assign(name, context), acquire, *self._finally(body, [release])]

    def visit_Assign(self, node: ast.Assign) -> ast.AST | list[ast.stmt]:
        if not self._inside:
            return node
        before, value = self._value(node.value)
        if len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            return [*before, ast.Assign(node.targets, value)]
        name = self._fresh()
        stores = [s for target in node.targets for s in self._store(target, name)]
        return [*before, _assign(name, value), *stores]

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST | list[ast.stmt]:
        if node.value is None:
            return node
        return self.visit_Assign(ast.Assign([node.target], node.value))

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST | list[ast.stmt]:
        target = node.target
        if not isinstance(target, ast.Attribute) or target.attr not in self._shared:
            return self.generic_visit(node)
        before = copy.deepcopy(target)
        before.ctx = ast.Load()
        return self.visit_Assign(
            ast.Assign([target], ast.BinOp(before, node.op, node.value))
        )

    def visit_Delete(self, node: ast.Delete) -> ast.AST:
        (target,) = node.targets
        if not self._inside or not isinstance(target, ast.Subscript):
            return node
        container, key = self.visit(target.value), self.visit(target.slice)
        return ast.Expr(_request("delete item", container, key))

    def visit_Return(self, node: ast.Return) -> ast.AST | list[ast.stmt]:
        if node.value is None or not self._inside:
            return node
        before, value = self._value(node.value)
        return [*before, ast.Return(value)]

    def _value(self, node: ast.expr) -> tuple[list[ast.stmt], ast.expr]:
        """Return an expression, and what has to be done before: a list's loop."""
        if not isinstance(node, ast.ListComp):
            return [], self.visit(node)
        name = self._fresh()
        (part,) = node.generators
        append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
        body: ast.stmt = ast.Expr(ast.Call(append, [self.visit(node.elt)], []))
        for test in part.ifs:
            body = ast.If(self._test(test), [body], [])
        # What is in the body was visited already: only the loop is left.
        cursor = self._fresh()
        rest = ast.Name(cursor, ast.Load())
        take = ast.Assign([part.target], ast.Attribute(rest, "value", ast.Load()))
        return [
            _assign(name, ast.List([], ast.Load())),
            _assign(cursor, _call("Cursor", self.visit(part.iter))),
            ast.While(_next(rest), [take, body], []),
        ], ast.Name(name, ast.Load())

    def _store(self, target: ast.expr, name: str) -> list[ast.stmt]:
        value: ast.expr = ast.Name(name, ast.Load())
        if isinstance(target, ast.Tuple):
            stores = []
            for index, part in enumerate(target.elts):
                one = self._fresh()
                item = ast.Subscript(value, ast.Constant(index), ast.Load())
                stores += [_assign(one, item), *self._store(part, one)]
            return stores
        if isinstance(target, ast.Subscript):
            container, key = self.visit(target.value), self.visit(target.slice)
            return [ast.Expr(_request("set item", container, key, value))]
        if isinstance(target, ast.Attribute) and target.attr in self._shared:
            thing, attribute = self.visit(target.value), ast.Constant(target.attr)
            return [ast.Expr(_request("set", thing, attribute, value))]
        return [ast.Assign([target], value)]


def _request(kind: str, *parts: ast.expr) -> ast.Yield:
    return ast.Yield(ast.Tuple([ast.Constant(kind), *parts], ast.Load()))


def _method(thing: ast.expr, name: str, *values: ast.expr) -> ast.Yield:
    return _request("call", thing, ast.Constant(name), ast.Tuple([*values], ast.Load()))


def _on_given_up(*first: ast.stmt) -> ast.ExceptHandler:
    kind = ast.Name("GeneratorExit", ast.Load())
    return ast.ExceptHandler(kind, None, [*first, ast.Raise()])


def _next(cursor: ast.expr) -> ast.expr:
    fixed, advance = (
        ast.Call(ast.Attribute(cursor, name, ast.Load()), [], [])
        for name in ("fixed", "advance")
    )
    return ast.IfExp(fixed, advance, _request("next", cursor))


def _assign(name: str, value: ast.expr) -> ast.Assign:
    return ast.Assign([ast.Name(name, ast.Store())], value)


def _call(function: str, *arguments: ast.expr) -> ast.Call:
    return ast.Call(ast.Name(function, ast.Load()), list(arguments), [])


def functions_of(module: ModuleType) -> Set[str]:
    """Return the names of all functions and methods, but not those like __this__."""
    names = {
        node.name
        for node in ast.walk(ast.parse(inspect.getsource(module)))
        if isinstance(node, ast.FunctionDef)
    }
    return {name for name in names if not name.startswith("__")}


@cache
def planted(old: str, new: str) -> Callable[[str], str]:
    """Return what makes a fault: it replaces a piece of the source by another."""

    def change(source: str) -> str:
        assert old in source, f"the source has changed, there is no {old!r}"
        return source.replace(old, new)

    return change


def in_steps(
    module: ModuleType,
    stepper: Stepper,
    change: Callable[[str], str] = lambda source: source,
    **replaced: object,
) -> dict[str, Any]:
    """Return what a module defines, its routines as generators of requests.

    Parameters
    ----------
    module : module
        Where the source is; nothing in it is changed.
    stepper : Stepper
        What to rewrite.
    change : callable
        Makes a fault: from the module's source another one.
    **replaced
        Names of the module that mean something else here.
    """
    tree = stepper.visit(ast.parse(change(inspect.getsource(module))))
    # Modules imported relatively are found through __package__.
    names: dict[str, Any] = {
        "__name__": f"{module.__name__}_in_steps",
        "__package__": module.__package__,
        "Cursor": Cursor,
        "CHANGING": CHANGING,
    }
    code = compile(ast.fix_missing_locations(tree), str(module.__file__), "exec")
    exec(code, names)
    names.update(replaced)
    return names
