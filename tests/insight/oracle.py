"""The figures a second time, by hand: replayed from the steps and ratings alone, one by one.

Nothing here reads a column of a request or of a work order, and nothing here is quick. Where
insight and this disagree, one of them has misread docs/domain.md, 5.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import fmean, median

from hotline.cases.models import Rating, Step
from hotline.catalog.models import Category
from hotline.people.models import Unit
from hotline.worktime.clock import ZONE
from tests.make import USUAL

CLOSES = {"answer", "close", "close_merged"}
OPENS = {"rework", "reopen", "instruct", "alarm"}
DAY = timedelta(days=1)


@dataclass
class Life:
    """All that is on record of one request."""

    steps: list[Step]
    ratings: list[Rating] = field(default_factory=list)

    def fact(self, name):
        """The last that any step says of it."""
        told = [step.facts[name] for step in self.steps if name in step.facts]
        return told[-1] if told else None

    def first(self, *verbs):
        return next((step.at for step in self.steps if step.verb in verbs), None)

    @property
    def is_sealed(self):
        seals = [s for s in self.steps if s.verb in {"alarm", "stand_down", "refer"}]
        last = seals[-1] if seals else None
        return last is not None and (last.verb == "alarm" or last.facts.get("to") == "DISCIPLINE")

    @property
    def submitted(self):
        return self.first("submit")

    @property
    def accepted(self):
        return self.first("accept", "stand_down")

    @property
    def left(self):
        """When it was withdrawn or referred, unless a crisis brought it back."""
        moment = None
        for step in self.steps:
            if step.verb in {"withdraw", "refer", "stand_down"}:
                moment = None if step.verb == "stand_down" else step.at
        return moment

    def closed(self, cutoff):
        """c: when it was closed, as it stood at the cut-off."""
        moment = None
        for step in self.steps:
            if step.at < cutoff and step.verb in CLOSES | OPENS:
                moment = step.at if step.verb in CLOSES else None
        return moment

    def pauses(self, until):
        """When the requester's clock stood still: waiting for facts, or suspended."""
        spans, since = [], None
        for before, step in pairwise([None, *self.steps]):
            if step.at > until:
                break
            entered = step.after == "NEED_INFO" and (before is None or before.after != "NEED_INFO")
            if entered or step.verb == "suspend":
                since = step.at
            if step.verb == "resume" or (step.before == "NEED_INFO" != step.after):
                spans.append((since, step.at))
        return spans

    def spent(self, closed):
        """M6: from the submission to the close, without pauses in whole minutes."""
        pauses = [int((end - start) / timedelta(minutes=1)) for start, end in self.pauses(closed)]
        return closed - self.submitted - timedelta(minutes=sum(pauses))

    def worked(self, closed):
        """M7: the same in working minutes."""
        pauses = [USUAL.between(start, end) for start, end in self.pauses(closed)]
        return USUAL.between(self.submitted, closed) - sum(pauses)

    def fallen_due(self):
        """When the first round's lead orders fell due, and whose they were: mostly one, none that
        was sent back in time."""
        due, standing, stopped, over, late, unit = None, True, None, False, [], None
        for step in self.steps:
            if over or step.verb in {"rework", "reopen"}:
                break
            told = step.facts.get("due")
            moment = datetime.fromisoformat(told) if told else None
            if step.verb in {"dispatch", "instruct", "reassign", "uphold"}:
                if step.verb == "reassign" and standing:
                    late.append((due, unit))
                due, standing, unit = moment or due, True, step.facts.get("lead", unit)
            elif step.verb == "grant_extension" and step.at < due:
                due = moment
            elif step.verb == "suspend":
                stopped = step.at
            elif step.verb == "resume":
                due, stopped = moment, None
            elif step.verb == "send_back":
                standing = step.at >= due
            elif step.verb in {"withdraw", "refer", "alarm"} and due and step.at < due:
                due = None
            over = step.verb in CLOSES
        stands_still = stopped is not None and due is not None and stopped < due
        return [*late, (due, unit)] if due and standing and not stands_still else late


def percentile(values, share):
    """Interpolated between the two nearest ranks."""
    values = sorted(values)
    rank = share * (len(values) - 1)
    low = int(rank)
    high = min(low + 1, len(values) - 1)
    return values[low] + (values[high] - values[low]) * (rank - low)


def lives():
    """Every request on record that is not sealed."""
    found = defaultdict(lambda: Life([]))
    for step in Step.objects.select_related("order").order_by("case_id", "seq"):
        joint = step.order is not None and step.order.part == "JOINT"
        if not joint:
            found[step.case_id].steps.append(step)
    for rating in Rating.objects.order_by("id"):
        found[rating.case_id].ratings.append(rating)
    return [life for life in found.values() if not life.is_sealed]


class Oracle:
    """Figures of a period, as a dictionary of names and numbers for each group."""

    def __init__(self, lives, period, by="all"):
        self.start, self.end, self.cutoff = period.start, period.end, period.cutoff
        self.by = by
        self.units = dict(Unit.objects.values_list("code", "id"))
        self.categories = dict(Category.objects.values_list("code", "id"))
        self.rows = defaultdict(lambda: defaultdict(int))
        self.lengths = defaultdict(list)
        for life in lives:
            self._count(life)
        for key, pairs in self.lengths.items():
            spent = [pair[0].total_seconds() for pair in pairs]
            self.rows[key] |= {
                "mean": fmean(spent), "median": median(spent), "p90": percentile(spent, 0.9),
                "worked": fmean(pair[1] for pair in pairs),
                "first": fmean(pair[2].total_seconds() for pair in pairs),
            }  # fmt: skip

    def _in(self, moment):
        return (
            moment is not None
            and (self.start is None or self.start <= moment)
            and moment < self.end
            and moment < self.cutoff
        )

    def _key(self, life, moment):
        local = moment.astimezone(ZONE)
        return {
            "all": (),
            "month": (local.year, local.month),
            "unit": (self.units.get(life.fact("lead")),),
            "category": (self.categories.get(life.fact("category")),),
            "channel": (life.fact("channel"),),
        }[self.by]

    def _add(self, life, moment, *names):
        for name in names:
            self.rows[self._key(life, moment)][name] += 1

    def _count(self, life):
        if self._in(life.submitted):
            self._add(life, life.submitted, "received")
            told = life.first("decline", "expire")
            if told is not None and told < self.cutoff:
                self._add(life, life.submitted, "refused")
        stays = life.left is None or life.left >= self.cutoff
        closed = life.closed(self.cutoff)
        if stays and self._in(life.accepted):
            self._count_accepted(life, closed)
        if stays and self._in(closed):
            self._add(life, closed, "closed_in")
            self.lengths[self._key(life, closed)].append(
                (life.spent(closed), life.worked(closed), life.first(*CLOSES) - life.submitted)
            )
        for step in life.steps:
            if step.verb in CLOSES and self._in(step.at) and life.fact("type") != "BY":
                self._add(life, step.at, "asked")
        self._count_due(life)
        for rating in life.ratings:
            if self._in(rating.at) and life.fact("type") != "BY":
                self._add(life, rating.at, "rated", rating.result.lower())

    def _count_accepted(self, life, closed):
        self._add(life, life.accepted, "accepted", "closed" if closed else "open")
        for days in (1, 3):
            if closed and closed - life.submitted <= days * DAY:
                self._add(life, life.accepted, f"all_{days}")
            if self.cutoff - life.submitted >= days * DAY:
                self._add(life, life.accepted, f"mature_{days}")
                if closed and closed - life.submitted <= days * DAY:
                    self._add(life, life.accepted, f"within_{days}")

    def _count_due(self, life):
        first, kept = life.first(*CLOSES), defaultdict(lambda: True)
        for due, unit in life.fallen_due():
            if self._in(due):
                key = (self.units[unit],) if self.by == "unit" else self._key(life, due)
                kept[key] &= first is not None and first <= due
        for key, on_time in kept.items():
            self.rows[key]["due"] += 1
            self.rows[key]["on_time"] += on_time
