"""E-mail is handed to a real SMTP server; what it says is told apart from what it did not say."""

import time
from dataclasses import replace

import pytest
from aiosmtpd.smtp import AuthResult

from hotline.base.refusals import Invalid
from hotline.drivers import smtp_mail
from hotline.drivers.carriers import Parcel, Sent
from tests.drivers.sinks import serving, sink
from tests.drivers.test_contracts import refused

MAIL = Parcel(
    to="zhang@example.edu.cn",
    title="【提醒】诉求20261126-0001今天18:00到期",
    text="您好：\n请于今天18:00前答复。\n𬭎",
    ref="m125",
)


def carrier(at, **other):
    given = {
        "host": "127.0.0.1",
        "port": at,
        "security": "none",
        "sender": "hotline@example.edu.cn",
        "sender_name": '师生服务"热线',
    }
    ours = smtp_mail.SmtpMail(smtp_mail.SmtpSettings.read(given | other))
    made.append(ours)
    return ours


made: list[smtp_mail.SmtpMail] = []


@pytest.fixture(autouse=True)
def closed():
    """No connection is left open."""
    yield
    while made:
        made.pop().close()


def test_a_mail_arrives_whole():
    with sink() as (there, port):
        assert carrier(port).send(MAIL) == Sent("<m125@example.edu.cn>")
    (mail,) = there.mails
    assert there.to == ["zhang@example.edu.cn"]
    assert mail["Subject"].strip() == MAIL.title
    assert mail["From"] == "师生服务热线 <hotline@example.edu.cn>"
    assert mail["To"] == MAIL.to
    assert mail["Message-ID"] == "<m125@example.edu.cn>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail.get_content().strip().splitlines() == MAIL.text.splitlines()


def test_the_connection_is_kept_and_opened_again_when_it_is_gone():
    with sink() as (there, port):
        ours = carrier(port)
        ours.send(MAIL)
        ours.send(MAIL)
        assert there.sessions == 1
        there.hang_up()
        ours.send(MAIL)
        assert (there.sessions, len(there.mails)) == (2, 3)


@pytest.mark.parametrize(
    ("rcpt", "data", "code", "permanent"),
    [
        ("550 5.1.1 no such user zhang@example.edu.cn", "250 OK", "SMTP_550", True),
        ("450 4.2.1 greylisted", "250 OK", "SMTP_450", False),
        ("452 4.2.2 mailbox full", "250 OK", "SMTP_452", False),
        ("250 OK", "554 5.7.1 looks like spam", "SMTP_554", True),
        ("250 OK", "451 4.3.0 try later", "SMTP_451", False),
    ],
)
def test_4xx_is_for_now_and_5xx_for_ever(rcpt, data, code, permanent):
    with sink() as (there, port):
        ours = carrier(port)
        there.rcpt, there.data = rcpt, data
        error = refused(ours, MAIL)
        assert (error.code, error.permanent, error.unknown) == (code, permanent, False)
        assert error.__context__ is None
        there.rcpt = there.data = "250 OK"
        ours.send(MAIL)


@pytest.mark.parametrize("mood", ["drop", "hang"])
def test_a_connection_lost_after_the_mail_leaves_it_unknown(mood, monkeypatch):
    monkeypatch.setattr(smtp_mail, "TOTAL_SECONDS", 0.6)
    with sink() as (there, port):
        there.mood = mood
        begun = time.monotonic()
        error = refused(carrier(port), MAIL)
        assert (error.code, error.permanent, error.unknown) == ("NO_ANSWER", False, True)
        assert len(there.mails) == 1
        assert time.monotonic() - begun < 3


def test_a_dead_server_was_not_asked():
    with sink() as (_there, port):
        pass
    error = refused(carrier(port), MAIL)
    assert (error.code, error.permanent, error.unknown) == ("NO_CONNECTION", False, False)


def test_a_server_that_cannot_encrypt_is_not_given_the_password():
    with sink() as (there, port):
        ours = carrier(port, security="starttls", username="hotline", password="geheim")
        error = refused(ours, MAIL)
        assert (error.code, error.unknown) == ("NO_CONNECTION", False)
        assert there.mails == []


def test_a_password_goes_only_to_a_server_whose_certificate_is_vouched_for(tmp_path, monkeypatch):
    context, passwords = serving(tmp_path), []

    def sign_in(server, session, envelope, mechanism, login):
        passwords.append(login.password)
        return AuthResult(success=True)

    with sink(tls_context=context, authenticator=sign_in, auth_required=True) as (there, port):
        given = {"security": "starttls", "username": "hotline", "password": "geheim"}
        assert refused(carrier(port, **given), MAIL).code == "TLS_FAILED"
        assert (there.mails, passwords) == ([], [])

        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
        carrier(port, **given).send(MAIL)
        assert (len(there.mails), passwords) == (1, [b"geheim"])


@pytest.mark.parametrize(
    "bad",
    [
        {"to": "zhang@example.edu.cn\r\nBcc: all@example.edu.cn"},
        {"to": "zhang@example.edu.cn, all@example.edu.cn"},
        {"to": "Zhang <zhang@example.edu.cn>"},
        {"to": "13800138000"},
        {"ref": "m1>\r\nBcc: x@example.edu.cn"},
    ],
)
def test_an_address_is_one_address(bad):
    with sink() as (there, port):
        assert refused(carrier(port), replace(MAIL, **bad)).permanent
        assert there.mails == []


def test_a_title_of_several_lines_is_one_subject():
    with sink() as (there, port):
        carrier(port).send(replace(MAIL, title="提醒\r\nBcc: all@example.edu.cn"))
    assert there.mails[0]["Subject"].strip() == "提醒 Bcc: all@example.edu.cn"
    assert there.mails[0]["Bcc"] is None


@pytest.mark.parametrize(
    ("field", "value"),
    [("sender", "hotline"), ("sender", "a@b.cn\nBcc: x"), ("port", "0"), ("security", "ssl")],
)
def test_settings_that_cannot_work_are_refused(field, value):
    with pytest.raises(Invalid) as caught:
        carrier(25, **{field: value})
    assert set(caught.value.fields) == {field}


def test_a_password_is_never_sent_in_the_open():
    with pytest.raises(Invalid) as caught:
        carrier(25, username="u", password="p")
    assert set(caught.value.fields) == {"security"}
