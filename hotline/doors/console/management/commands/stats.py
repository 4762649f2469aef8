"""``hotline stats``: the figures of a period, as the school's sentence has them."""

import json
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.cases.codes import Channel
from hotline.insight.cohorts import Period
from hotline.insight.definitions import DEFINITIONS
from hotline.insight.figures import Figures, Rate, table, total
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Print the figures of what was accepted up to the end of a day (Asia/Shanghai)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--as-of", required=True, help="the last day, included: 2022-06-27")
        parser.add_argument("--from", dest="since", help="the first day; default: the beginning")
        parser.add_argument("--json", action="store_true", help="for programs")

    def handle(self, *args: Any, **options: Any) -> None:
        end = _midnight(options["as_of"]) + timedelta(days=1)
        start = _midnight(options["since"]) if options["since"] else None
        if start and start >= end:
            raise CommandError("--from must not be later than --as-of.")
        period = Period(start, end, min(end, now()))  # a day that is not over is seen as of now
        figures = total(period)
        with translation.override("zh-hans"):  # the channels' own names, whatever the locale
            channels = {
                str(Channel(row.key[0]).label): row.accepted for row in table(period, by="channel")
            }
            if options["json"]:
                self.stdout.write(
                    json.dumps(report(figures, channels), ensure_ascii=False, indent=2)
                )
            else:
                self._print(figures, options["as_of"])

    def _print(self, figures: Figures, as_of: str) -> None:
        self.stdout.write(
            f"截至{as_of}，共接收 {figures.received} 件，受理 {figures.accepted} 件，办结 {figures.closed} 件，"
            f"平均办结时长 {figures.mean_hours} 小时（中位数 {figures.median_hours}），"
            f"1 天内办结率 {percent(figures.within_1_day)}、3 天内办结率 {percent(figures.within_3_days)}，"
            f"办结率 {percent(figures.closure)}，满意率 {percent(figures.satisfaction)}"
            f"（有效评价 {figures.rated} 件，参评率 {percent(figures.participation)}）。"
        )
        for definition in DEFINITIONS:
            self.stdout.write(f"{definition.code} {definition.name}：{definition.words}")


def report(figures: Figures, channels: dict[str, int]) -> dict[str, Any]:
    """The figures as JSON: counts, hours with two decimals, each rate exact and rounded."""
    return {
        "received": figures.received,
        "accepted": figures.accepted,
        "closed": figures.closed,
        "closure_rate": rate(figures.closure),
        "mean_hours": _number(figures.mean_hours),
        "median_hours": _number(figures.median_hours),
        "within_1_day": rate(figures.within_1_day),
        "within_3_days": rate(figures.within_3_days),
        "rated": figures.rated,
        "satisfied": figures.satisfied + figures.fair,
        "satisfaction_rate": rate(figures.satisfaction),
        "channels": {name: count for name, count in channels.items() if count},
    }


def rate(value: Rate) -> dict[str, Any]:
    return {
        "numerator": value.numerator,
        "denominator": value.denominator,
        "fraction": value.fraction,
        "percent": _number(value.percent),
    }


def percent(value: Rate) -> str:
    return "—" if value.percent is None else f"{value.percent} %"


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def _midnight(text: str) -> datetime:
    try:
        day = datetime.combine(date.fromisoformat(text), time(), ZONE)
    except ValueError:
        raise CommandError(f"{text!r} is not a day such as 2022-06-27.") from None
    if not 1990 <= day.year <= 2200:
        raise CommandError(f"{text} lies outside the years 1990 to 2200.")
    return day
