"""E-mail by SMTP, through Django's backend, on a connection that is kept."""

import smtplib
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.mail import EmailMessage
from django.core.mail.backends.smtp import EmailBackend
from django.utils.translation import gettext_lazy as _

from hotline.base.refusals import Words
from hotline.drivers import guard
from hotline.drivers.asked import Settings, asked
from hotline.drivers.contract import MAIL, DeliveryError, Kind, Parcel, Sent
from hotline.drivers.wire import CONNECT_SECONDS, TOTAL_SECONDS


@dataclass(frozen=True, kw_only=True)
class SmtpSettings(Settings):
    """An account on the school's mail server."""

    host: str = asked(_("服务器"), _("如 smtp.example.edu.cn。"))
    port: int = asked(
        _("端口"), _("STARTTLS 多为 587，SSL/TLS 多为 465，不加密为 25。"), default=587
    )
    security: str = asked(
        _("加密"),
        default="starttls",
        choices=(
            ("starttls", "STARTTLS"),
            ("tls", "SSL/TLS"),
            ("none", _("不加密（仅限本机或内网）")),
        ),
    )
    username: str = asked(_("用户名"), default="")
    password: str = asked(_("密码或授权码"), default="", secret=True)
    sender: str = asked(_("发件地址"), _("须是服务器允许该用户使用的地址。"))
    sender_name: str = asked(_("发件人名称"), default="")

    def faults(self) -> dict[str, Words]:
        found: dict[str, Words] = {}
        if not guard.is_mailbox(self.sender):
            found["sender"] = _("请填写有效的邮箱地址。")
        if not 0 < self.port < 65536:
            found["port"] = _("端口应在 1 到 65535 之间。")
        if self.username and self.security == "none":
            found["security"] = _("填写了密码，就必须加密。")
        return found


class SmtpMail:
    """Sends one e-mail at a time; threads take turns."""

    channel: ClassVar[str] = MAIL

    def __init__(self, settings: SmtpSettings) -> None:
        self._settings = settings
        self._backend = _Backend(
            host=settings.host,
            port=settings.port,
            username=settings.username,
            password=settings.password,
            use_tls=settings.security == "starttls",
            use_ssl=settings.security == "tls",
            timeout=int(TOTAL_SECONDS),
            ssl_certfile="",
            ssl_keyfile="",
        )
        self._turn = threading.Lock()

    def send(self, parcel: Parcel) -> Sent:
        """Hand one e-mail over; raises DeliveryError with the server's three digits."""
        message = self._message(parcel)
        with self._turn:
            fault = self._hand_over(message)
            if fault:
                self.close()
                raise fault
        return Sent(message.extra_headers.get("Message-ID", ""))

    def close(self) -> None:
        """Let the connection go; the next message opens another."""
        if self._backend.connection:
            try:
                self._backend.connection.close()
            finally:
                self._backend.connection = None

    def _message(self, parcel: Parcel) -> EmailMessage:
        settings, ref = self._settings, guard.ref(parcel)
        if not guard.is_mailbox(parcel.to):
            raise DeliveryError("BAD_MAIL_ADDRESS", permanent=True)
        sender = (
            f'"{_plain(settings.sender_name)}" <{settings.sender}>'
            if settings.sender_name
            else settings.sender
        )
        # A server that has seen this name before, after an answer we never heard, may drop the second.
        named = {"Message-ID": f"<{ref}@{settings.sender.rpartition('@')[2]}>"} if ref else {}
        return EmailMessage(
            subject=" ".join(parcel.title.split()),
            body=parcel.text,
            from_email=sender,
            to=[parcel.to],
            headers=named | {"Auto-Submitted": "auto-generated"},
        )

    def _hand_over(self, message: EmailMessage) -> DeliveryError | None:
        """What went wrong, or None. Made here and raised elsewhere: smtplib's words hold addresses."""
        try:
            self._ready()
            self._backend.send_messages([message])
        except AnswerLost:
            return DeliveryError("NO_ANSWER", unknown=True)
        except smtplib.SMTPRecipientsRefused as error:
            return _said(next(iter(error.recipients.values()))[0])
        except smtplib.SMTPAuthenticationError as error:
            return DeliveryError(f"SMTP_{error.smtp_code}")
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
            return _said(error.smtp_code)
        except ssl.SSLError:
            return DeliveryError("TLS_FAILED")
        except (smtplib.SMTPException, OSError):
            return DeliveryError("NO_CONNECTION")
        except (ValueError, UnicodeError):
            return DeliveryError("BAD_MESSAGE", permanent=True)
        return None

    def _ready(self) -> None:
        """An open connection that still answers."""
        connection: Any = self._backend.connection
        if connection is not None:
            try:
                connection.begin()
                alive = connection.noop()[0] == 250
            except (smtplib.SMTPException, OSError):
                alive = False
            if not alive:
                self.close()
        self._backend.open()


class AnswerLost(Exception):
    """The message was on its way when the connection went."""


class _Timed:
    """SMTP within ten seconds in all, and which knows how far it came when it fails."""

    deadline = 0.0
    sock: Any

    def begin(self) -> None:
        self.deadline = time.monotonic() + TOTAL_SECONDS

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        self.begin()
        return super()._get_socket(host, port, CONNECT_SECONDS)  # type: ignore[misc,no-any-return]

    def getreply(self) -> tuple[int, bytes]:
        if self.sock is not None:
            self.sock.settimeout(max(0.001, self.deadline - time.monotonic()))
        return super().getreply()  # type: ignore[misc,no-any-return]

    def data(self, message: Any) -> tuple[int, bytes]:
        try:
            return super().data(message)  # type: ignore[misc,no-any-return]
        except smtplib.SMTPDataError:
            raise  # it answered
        except (smtplib.SMTPException, OSError):
            pass  # raised below, outside the handler: its words stay here
        raise AnswerLost


class _Smtp(_Timed, smtplib.SMTP):
    pass


class _SmtpSsl(_Timed, smtplib.SMTP_SSL):
    pass


class _Backend(EmailBackend):
    @property
    def connection_class(self) -> Any:
        return _SmtpSsl if self.use_ssl else _Smtp


def _said(code: int) -> DeliveryError:
    """4xx: come again. 5xx: never. 421 and its kin close the connection too."""
    return DeliveryError(f"SMTP_{code}", permanent=500 <= code < 600)


def _plain(name: str) -> str:
    return name.replace("\\", "").replace('"', "")


KIND = Kind(
    code="smtp_mail",
    label=_("电子邮件（SMTP）"),
    channel=MAIL,
    settings=SmtpSettings,
    make=SmtpMail,
)
