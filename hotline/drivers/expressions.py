"""A very small language to say when an answer means yes. It can look and compare, nothing else.

    status == 200 and json.code == 0
    json.result in [0, "0", "success"] and not json.data[0].error
    text startswith "0,"

Names: ``status`` (a number), ``text`` (the body), ``json`` with ``.name`` and ``[0]`` behind it.
What is not there is null. A number equals the text that spells it, because gateways answer
``"code": "0"`` one day and ``"code": 0`` the next; true equals only true.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

LONGEST, DEEPEST = 500, 20

Value = Callable[[Mapping[str, Any]], Any]

TOKEN = re.compile(
    r"""\s*(?: (?P<number>-?\d+(?:\.\d+)?) | (?P<text>"[^"]*"|'[^']*') | (?P<sign>==|!=|<=|>=|<|>|[()\[\],])
      | (?P<path>[A-Za-z_]\w*(?:\.[\w-]+|\[\d+\])*) )""",
    re.VERBOSE | re.ASCII,
)
STEP = re.compile(r"\.?([\w-]+)|\[(\d+)\]", re.ASCII)
ROOTS = frozenset({"status", "text", "json"})
CONSTANTS = {"true": True, "false": False, "null": None}
WORDS = frozenset({"and", "or", "not", "in", "contains", "startswith"})


class Misspelt(ValueError):
    """The expression is none; the words say where, for the person who wrote it."""


def expression(source: str) -> Value:
    """What asks an answer, given as {"status":…, "text":…, "json":…}; raises Misspelt."""
    return _Parser(source).whole()


def holds(value: Value, answer: Mapping[str, Any]) -> bool:
    """Whether the answer means yes: true, or anything but null, false, nought and nothing."""
    return bool(value(answer))


def path(source: str) -> Value:
    """What takes one value out of an answer: ``json.data[0].id``; raises Misspelt."""
    token = TOKEN.fullmatch(source.strip())
    if not token or not token["path"]:
        raise Misspelt(_("应写成 json.data.id 这样的路径。"))
    return _reader(token["path"])


def _reader(source: str) -> Value:
    first, *steps = [
        name or int(index) for name, index in STEP.findall(source)
    ]  # fmt: skip
    if first not in ROOTS:
        raise Misspelt(_("不认识“%s”，可用的名称是 status、text、json。") % first)

    def read(answer: Mapping[str, Any]) -> Any:
        value = answer.get(str(first))
        for step in steps:
            value = _step(value, step)
        return value

    return read


def _step(value: Any, step: str | int) -> Any:
    if isinstance(value, dict):
        return value.get(str(step))
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) != isinstance(right, str) and None not in {left, right}:
        return _number(left) is not None and _number(left) == _number(right)
    return bool(left == right)


def _number(value: Any) -> float | None:
    if isinstance(value, (dict, list, bool)) or value is None:
        return None
    try:
        return float(value)
    except (ValueError, OverflowError):
        return None


def _less(left: Any, right: Any) -> bool:
    a, b = _number(left), _number(right)
    return a is not None and b is not None and a < b


COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "==": _same,
    "!=": lambda a, b: not _same(a, b),
    "<": _less,
    ">": lambda a, b: _less(b, a),
    "<=": lambda a, b: _less(a, b) or _same(a, b),
    ">=": lambda a, b: _less(b, a) or _same(a, b),
    "contains": lambda a, b: isinstance(a, str) and str(b) in a,
    "startswith": lambda a, b: isinstance(a, str) and a.lstrip().startswith(str(b)),
}


class _Parser:
    """Reads from the loosest word, or, down to a single value."""

    def __init__(self, source: str) -> None:
        self.tokens = list(_tokens(source))
        self.depth = 0

    def whole(self) -> Value:
        value = self.any_of()
        if self.tokens:
            raise Misspelt(_("“%s”放在这里读不懂。") % self.tokens[0][1])
        return value

    def any_of(self) -> Value:
        value = self.all_of()
        while self.take("or"):
            value = _either(value, self.all_of())
        return value

    def all_of(self) -> Value:
        value = self.negated()
        while self.take("and"):
            value = _both(value, self.negated())
        return value

    def negated(self) -> Value:
        if not self.take("not"):
            return self.compared()
        self.deeper()
        value = self.negated()
        self.depth -= 1
        return lambda answer: not value(answer)

    def compared(self) -> Value:
        left = self.single()
        if self.take("in"):
            return _member(left, self.items())
        for sign, compare in COMPARE.items():
            if self.take(sign):
                return _compared(compare, left, self.single())
        return left

    def single(self) -> Value:
        if self.take("("):
            self.deeper()
            value = self.any_of()
            self.must(")")
            self.depth -= 1
            return value
        kind, word = self.tokens.pop(0) if self.tokens else ("", "")
        if kind == "number":
            return _constant(float(word) if "." in word else int(word))
        if kind == "text":
            return _constant(word[1:-1])
        if kind == "path" and word in CONSTANTS:
            return _constant(CONSTANTS[word])
        if kind == "path" and word not in WORDS:
            return _reader(word)
        raise Misspelt(_("“%s”放在这里读不懂。") % word if word else _("表达式没有写完。"))

    def items(self) -> list[Value]:
        self.must("[")
        values = [self.single()]
        while self.take(","):
            values.append(self.single())
        self.must("]")
        return values

    def take(self, word: str) -> bool:
        found = bool(self.tokens) and self.tokens[0] in {("sign", word), ("path", word)}
        if found:
            self.tokens.pop(0)
        return found

    def must(self, word: str) -> None:
        if not self.take(word):
            raise Misspelt(_("缺少“%s”。") % word)

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Misspelt(_("表达式过于复杂。"))


def _tokens(source: str) -> list[tuple[str, str]]:
    if len(source) > LONGEST:
        raise Misspelt(_("表达式过于复杂。"))
    found, at = [], 0
    source = source.rstrip()
    while at < len(source):
        token = TOKEN.match(source, at)
        if not token:
            raise Misspelt(_("“%s”放在这里读不懂。") % source[at : at + 10].strip())
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        at = token.end()
    return found


def _constant(value: Any) -> Value:
    return lambda _answer: value


def _either(left: Value, right: Value) -> Value:
    return lambda answer: left(answer) or right(answer)


def _both(left: Value, right: Value) -> Value:
    return lambda answer: left(answer) and right(answer)


def _member(left: Value, items: list[Value]) -> Value:
    return lambda answer: any(_same(left(answer), item(answer)) for item in items)


def _compared(compare: Callable[[Any, Any], bool], left: Value, right: Value) -> Value:
    return lambda answer: compare(left(answer), right(answer))
