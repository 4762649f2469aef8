"""The rules of how long what is kept: the shipped ones, their bounds, and a school's own over them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from hotline.rights.models import Act, DataClass, RetentionRule


@dataclass(frozen=True)
class Rule:
    """At which age (days) what is done with a class of data; ``days`` None with KEEP."""

    code: str
    act: str
    days: int | None

    def before(self, at: datetime) -> datetime | None:
        """What is older than this moment is due; None where nothing ever is."""
        if self.act == Act.KEEP or self.days is None:
            return None
        return at - timedelta(days=self.days)


@dataclass(frozen=True)
class Bounds:
    """What a school may choose: which acts, and at least how many days."""

    acts: tuple[Act, ...]
    least: int
    most: int = 36_500


HALF_A_YEAR = 183  # the law's least for logs
FILES = Bounds((Act.KEEP, Act.ANONYMISE), least=1825)
LOG = Bounds((Act.DELETE, Act.KEEP), least=HALF_A_YEAR)
BOUNDS: Mapping[str, Bounds] = {
    DataClass.REQUEST: Bounds((Act.ANONYMISE, Act.KEEP), least=365),
    DataClass.CRISIS: FILES,
    DataClass.PETITION: FILES,
    DataClass.DISCIPLINE: FILES,
    DataClass.OFFICE: FILES,
    DataClass.RECORDING: Bounds((Act.DELETE, Act.KEEP), least=30),
    DataClass.DRAFT: Bounds((Act.DELETE,), least=1, most=365),
    DataClass.LOOK: LOG,
    DataClass.SIGN_IN: LOG,
    DataClass.MESSAGE: LOG,
    DataClass.EXPORT: Bounds((Act.DELETE,), least=1, most=7),
}
SHIPPED: Mapping[str, Rule] = {
    rule.code: rule
    for rule in (
        Rule(DataClass.REQUEST, Act.ANONYMISE, 1825),  # five years after it was filed away
        Rule(DataClass.CRISIS, Act.KEEP, None),  # by the rules for archives
        Rule(DataClass.PETITION, Act.KEEP, None),
        Rule(DataClass.DISCIPLINE, Act.KEEP, None),
        Rule(DataClass.OFFICE, Act.KEEP, None),
        Rule(DataClass.RECORDING, Act.DELETE, 365),
        Rule(DataClass.DRAFT, Act.DELETE, 30),
        Rule(DataClass.LOOK, Act.DELETE, 365),
        Rule(DataClass.SIGN_IN, Act.DELETE, 365),
        Rule(DataClass.MESSAGE, Act.DELETE, 365),
        Rule(DataClass.EXPORT, Act.DELETE, 7),
    )
}


def current() -> list[Rule]:
    """The rules in force, in the order of the classes: one query."""
    own = {row.code: Rule(row.code, row.act, row.days) for row in RetentionRule.objects.all()}
    return [own.get(code, rule) for code, rule in SHIPPED.items()]


def of(code: str) -> Rule:
    """The rule of one class."""
    return next(rule for rule in current() if rule.code == code)
