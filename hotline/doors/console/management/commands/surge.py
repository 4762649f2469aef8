"""``hotline surge``: the switch for whoever has a shell and no browser at hand."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation
from django.utils.timezone import now

from hotline.base.refusals import Refusal
from hotline.people.actor import SYSTEM
from hotline.surge import queries
from hotline.surge.models import Surge
from hotline.surge.services import switch
from hotline.surge.services.switch import Plan
from hotline.worktime.clock import ZONE


class Command(BaseCommand):
    help = "Switch the surge mode on or off, or say how it stands."

    def add_arguments(self, parser: CommandParser) -> None:
        which = parser.add_subparsers(dest="what", required=True)
        on = which.add_parser("on", help="begin: a banner, the queue told, requests together")
        on.add_argument("--title", required=True, help="what people call it")
        on.add_argument("--text", required=True, help="what is known, and what is done")
        on.add_argument("--title-en", default="", help="the same in English")
        on.add_argument("--text-en", default="")
        on.add_argument("--link", default="", help="https://… or /… of an announcement")
        on.add_argument("--hours", type=float, default=24.0, help="it ends by itself after (24)")
        which.add_parser("off", help="end it")
        which.add_parser("state", help="what is on, and what has come of it")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):
            try:
                getattr(self, f"_{options['what']}")(options)
            except Refusal as refusal:
                words = [str(refusal), *(f"{k}: {v}" for k, v in refusal.fields.items())]
                raise CommandError(" ".join(words)) from None

    def _on(self, options: dict[str, Any]) -> None:
        at = now()
        words = {name: options[name] for name in ("title", "text", "title_en", "text_en", "link")}
        hours = min(max(options["hours"], 0), 24 * 365)
        switch.turn_on(Plan(until=at + timedelta(hours=hours), **words), by=SYSTEM, at=at)
        self._state(options)

    def _off(self, options: dict[str, Any]) -> None:
        surge = Surge.objects.filter(on=True).first()
        if surge is None:
            raise CommandError("No surge is on.")
        switch.turn_off(surge, by=SYSTEM, at=now())
        self._state(options)

    def _state(self, _options: dict[str, Any]) -> None:
        at, surge = now(), Surge.objects.first()
        came, earlier = queries.came(at)
        self.stdout.write(f"{came} requests within the hour; {earlier / 28:.1f} are usual.")
        if surge is None:
            self.stdout.write("There has been no surge.")
            return
        found = queries.summary(surge, at=at)
        until = f"on until {surge.until.astimezone(ZONE):%m-%d %H:%M}" if surge.on else "over"
        self.stdout.write(
            f"{surge.title}: {until}; {found.came} came, {found.said} about it, {found.grouped} merged, "
            f"{found.answered} answered, {found.waiting} wait."
        )
