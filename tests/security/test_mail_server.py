"""Letters and the password for them go to the mail server that was named, and to nobody in its place."""

import smtplib
import ssl

import pytest

from core import mail


class Server:
    """What a mail server sees: whether it had to prove its name, and what it was told before and after."""

    offers_starttls = True

    def __init__(self, host, port, timeout, context=None):
        self.asked_for = context
        self.told = []
        seen.append(self)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def ehlo(self):
        self.told.append("ehlo")

    def has_extn(self, name):
        return self.offers_starttls

    def starttls(self, context=None):
        self.asked_for = context

    def login(self, name, password):
        self.told.append("password" if self.must_prove_its_name() else "password to anyone")

    def send_message(self, message):
        self.told.append("letter")

    def must_prove_its_name(self):
        context = self.asked_for
        return context is not None and context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname


seen: list[Server] = []


@pytest.mark.parametrize("kind", ["smtps", "smtp"])
def test_who_gets_the_password_has_proved_its_name(make_app, monkeypatch, kind):
    monkeypatch.setattr(smtplib, "SMTP_SSL", Server)
    monkeypatch.setattr(smtplib, "SMTP", Server)
    seen.clear()
    make_app(QUANZI_SMTP_URL=f"{kind}://club:geheim@mail.example")
    mail.deliver(mail.Letter("lin@example.org", "Hello", "A letter"))
    [server] = seen
    assert server.must_prove_its_name()
    assert server.told[-2:] == ["password", "letter"]
