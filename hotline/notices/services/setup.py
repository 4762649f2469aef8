"""What an administrator sets: the school's own words, and the gateways."""

import logging
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hotline.base.refusals import Invalid
from hotline.base.words import clean, one_line
from hotline.drivers.carriers import KINDS, DeliveryError, Parcel
from hotline.notices import carriers, wording
from hotline.notices.models import Gateway, Template
from hotline.notices.services import circuit, delivery, outbox
from hotline.people.actor import Actor
from hotline.people.permissions import P
from hotline.people.services import rows

log = logging.getLogger(__name__)


def save_template(
    words: wording.Wording,
    *,
    title: str,
    text: str,
    carrier_code: str,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Lay the school's own words over the shipped ones.

    Raises NotAllowed, Stale, and Invalid for unknown variables or an SMS that cannot fit.
    """
    text = clean(text, most=500)
    title = one_line(title, most=60, field="title")
    carrier_code = one_line(carrier_code, most=80, field="carrier_code")
    if not text:
        raise Invalid(_("请填写内容。"), text=_("请填写内容。"))
    if words.channel in wording.ONE_LINE and "\n" in text:
        raise Invalid(_("短信只能写一行。"), text=_("短信只能写一行。"))
    wording.check(words.spec, words.channel, text)
    code = wording.code_of(words.spec.code, words.channel, words.language)
    row = Template.objects.filter(code=code).first() or Template(code=code)
    row.title, row.text, row.carrier_code = title, text, carrier_code
    rows.save(row, by=by, at=at, permission=P.NOTICES, seen=seen)


def reset_template(
    words: wording.Wording, *, by: Actor, at: datetime, seen: int | None = None
) -> None:
    """Back to the shipped words. Raises NotAllowed or Stale."""
    code = wording.code_of(words.spec.code, words.channel, words.language)
    row = Template.objects.filter(code=code).first()
    if row is not None:
        rows.remove(row, by=by, at=at, permission=P.NOTICES, seen=seen)


def save_gateway(
    gateway: Gateway,
    values: Mapping[str, object],
    *,
    by: Actor,
    at: datetime,
    seen: int | None = None,
) -> None:
    """Write a gateway with its driver's settings; a secret left empty stays what it was.

    One gateway serves a channel: enabling another puts the first out of service.
    Raises NotAllowed, Stale, and Invalid naming the fields.
    """
    kind = KINDS.get(gateway.kind)
    if kind is None:
        words = _("请选择通道类型。")
        raise Invalid(words, kind=words)
    hidden = {field.name for field in kind.settings.fields() if field.secret}
    kept = {n: v for n, v in gateway.secrets.items() if n in hidden and not values.get(n)}
    given = {**values, **kept}
    kind.settings.read(given)
    known = {field.name for field in kind.settings.fields()}
    gateway.channel = kind.channel
    gateway.settings = {n: v for n, v in given.items() if n in known - hidden}
    gateway.secrets = {n: v for n, v in given.items() if n in hidden}
    with transaction.atomic():
        rows.allow(by, P.NOTICES)
        if gateway.enabled:
            _retire_others(gateway, by=by, at=at)
        rows.save(gateway, by=by, at=at, permission=P.NOTICES, seen=seen)
        Gateway.objects.filter(pk=gateway.pk).update(secrets=gateway.secrets)
    outbox.wake(gateway.channel)


def _retire_others(gateway: Gateway, *, by: Actor, at: datetime) -> None:
    others = Gateway.objects.filter(channel=gateway.channel, enabled=True).exclude(pk=gateway.pk)
    for other in others:
        other.enabled = False
        rows.save(other, by=by, at=at, permission=P.NOTICES)


def try_gateway(gateway: Gateway, to: str, *, by: Actor, at: datetime) -> str:
    """Send one test message to an address, past the outbox; the carrier's name for it.

    Raises NotAllowed, and Invalid with the carrier's code where it did not take it.
    """
    rows.allow(by, P.NOTICES)
    if not to.strip():
        raise Invalid(_("请填写接收地址。"), to=_("请填写接收地址。"))
    words = wording.wording("trial", gateway.channel, "zh-hans")
    values = outbox.said({"time": at}, "zh-hans")
    text = wording.signature() + wording.fill(words, values)
    parcel = Parcel(
        to=to.strip(), text=text, title=words.title, ref=f"test{int(at.timestamp())}",
        template=words.carrier_code, params=wording.parameters(words, values),
    )  # fmt: skip
    try:
        sent = carriers.carrier_of(gateway).send(parcel)
    except DeliveryError as error:
        if not error.permanent:  # it is the message that will not do, as an unlikely number
            circuit.failed(gateway, error.code, at=at)
        raise _not_taken(error.code) from None
    except Exception as error:  # noqa: BLE001 - a driver that breaks is what a test is to find
        log.error("gateway %s is broken: %s", gateway.code, type(error).__name__)
        raise _not_taken(delivery.BROKEN) from None
    circuit.answered(gateway, at=at)
    return sent.carrier_id


def _not_taken(code: str) -> Invalid:
    words = _("通道没有接收这条测试消息，代码 %(code)s。") % {"code": code}
    return Invalid(words, to=words)
