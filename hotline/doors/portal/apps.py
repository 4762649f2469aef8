from django.apps import AppConfig


class Portal(AppConfig):
    name = "hotline.doors.portal"
    label = "portal"
