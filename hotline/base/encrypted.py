"""Model fields whose values the database cannot read (cipher.py).

A findable one answers to exact values and lists of them, through the fingerprint before the value:

    phone = EncryptedText(of="phone", findable=True, max_length=20)
    User.objects.filter(phone="13912345678")

Nothing else can be asked of them in SQL: no order, no part of a word. An index stands on their
``Fingerprint``, and ``Unique`` is the constraint.
"""

import json
from collections.abc import Callable
from typing import Any, ClassVar

from django.core.exceptions import FieldError, ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.models.lookups import IsNull, Lookup

from hotline.base import cipher


class EncryptedText(models.CharField):  # type: ignore[type-arg]
    """Text, encrypted. ``of`` names the kind of value: never change it, the values depend on it.

    ``found_as`` says by what a findable one is found where that is not its every letter.
    """

    def __init__(
        self, *args: Any, of: str = "", findable: bool = False,
        found_as: Callable[[str], str] = str, **kwargs: Any,
    ) -> None:  # fmt: skip
        self.of, self.findable, self.found_as = of, findable, found_as
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        return name, path, args, kwargs | {"of": self.of, "findable": self.findable}

    def db_type(self, connection: Any) -> str:
        return "bytea"

    def cast_db_type(self, connection: Any) -> str:
        return "bytea"

    def from_db_value(self, value: Any, *_: Any) -> str | None:
        """Raises cipher.Unreadable."""
        if value is None:
            return None
        return cipher.decrypt(bytes(value), self.of, findable=self.findable)

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if not prepared:
            value = self.get_prep_value(value)
        if value is None or isinstance(value, bytes):
            return value
        return self.sealed(value)

    def sealed(self, text: str) -> bytes:
        """What the database keeps of a text."""
        found_as = self.found_as(text) if self.findable else ""
        return cipher.encrypt(text, self.of, findable=self.findable, found_as=found_as)

    def fingerprint(self, value: str) -> bytes:
        """Raises FieldError where the value cannot be found again."""
        if value and not self.findable:
            raise FieldError(f"{self.name} is encrypted and cannot be searched")
        return cipher.fingerprint(self.found_as(value), self.of)

    def get_lookup(self, lookup_name: str) -> Any:
        """Only what an encrypted value can answer. Raises FieldError."""
        known = LOOKUPS.get(lookup_name)
        if known is None:
            raise FieldError(f"{self.name} is encrypted: it cannot be asked for {lookup_name}")
        return known

    def get_transform(self, lookup_name: str) -> Any:
        return None


class EncryptedJSON(EncryptedText):
    """A value as JSON has it, encrypted."""

    _pyi_private_set_type: Any  # for the type checker: not text, as its parent's
    _pyi_private_get_type: Any

    def from_db_value(self, value: Any, *_: Any) -> Any:
        text = super().from_db_value(value)
        return text if text is None else json.loads(text or "null")

    def get_prep_value(self, value: Any) -> Any:
        return value if value is None else json.dumps(value, ensure_ascii=False)

    def to_python(self, value: Any) -> Any:
        return value

    def value_to_string(self, obj: Any) -> str:
        return json.dumps(self.value_from_object(obj), ensure_ascii=False)


class Fingerprint(models.Func):
    """What a findable value is found by: the beginning of its column."""

    function = "substr"
    template = f"%(function)s(%(expressions)s, 1, {cipher.FINGERPRINT})"
    arity = 1
    output_field: ClassVar = models.BinaryField()


class Unique(models.UniqueConstraint):
    """No two rows have the same value in a findable column."""

    def __init__(self, *, column: str, name: str) -> None:
        self.column = column
        super().__init__(Fingerprint(column), name=name)

    def deconstruct(self) -> Any:
        path, _args, _kwargs = super().deconstruct()
        return path, (), {"column": self.column, "name": self.name}

    def validate(
        self, model: Any, instance: Any, exclude: Any = None, using: str = DEFAULT_DB_ALIAS
    ) -> None:
        """Raises ValidationError, of the field and not of the whole as Django's own would."""
        value = getattr(instance, self.column)
        if not value or (exclude and self.column in exclude):
            return
        others = model._default_manager.using(using).filter(**{self.column: value})
        if others.exclude(pk=instance.pk).exists():
            words = instance.unique_error_message(model, (self.column,))
            raise ValidationError({self.column: words})


class _Is(Lookup):
    """The value is exactly this, or that of another column of the same kind."""

    lookup_name = "exact"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, values = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        if hasattr(self.rhs, "as_sql"):
            right, more = compiler.compile(self.rhs)
            right = _start(right)
        else:
            right, more = "%s", [field.fingerprint(field.to_python(self.rhs))]
        return f"{_start(left)} = {right}", [*values, *more]


class _In(Lookup):
    """The value is one of these."""

    lookup_name = "in"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        left, values = self.process_lhs(compiler, connection)
        field = self.lhs.output_field
        wanted = [field.fingerprint(field.to_python(value)) for value in self.rhs]
        return f"{_start(left)} = ANY(%s)", [*values, wanted]


def _start(column: str) -> str:
    return f"substr({column}, 1, {cipher.FINGERPRINT})"


LOOKUPS = {"exact": _Is, "in": _In, "isnull": IsNull}
