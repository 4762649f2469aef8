"""Where somebody is signed in."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext as _

from hotline.base.encrypted import EncryptedText
from hotline.people.models.doorway import Device
from hotline.people.models.persons import User
from hotline.people.places import masked


class SignIn(models.Model):
    """One entry of somebody by one browser, until it ends; its session lies in Django's table."""

    user = models.ForeignKey(User, models.CASCADE, related_name="sign_ins")
    device = models.ForeignKey(Device, models.SET_NULL, null=True, related_name="+")
    session_key = models.CharField(max_length=40, unique=True)
    browser = models.CharField(max_length=20, blank=True, default="")
    system = models.CharField(max_length=20, blank=True, default="")
    place = EncryptedText(of="place", max_length=64, blank=True, default="")
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["user", "ended_at"])]

    @property
    def words(self) -> str:
        """The browser and the system as people call them."""
        browser = _("微信") if self.browser == "WeChat" else self.browser or _("其他浏览器")
        return f"{browser} · {self.system}" if self.system else browser

    @property
    def place_shown(self) -> str:
        return masked(self.place)
