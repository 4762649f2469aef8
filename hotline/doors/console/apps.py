from django.apps import AppConfig


class Console(AppConfig):
    name = "hotline.doors.console"
    label = "console"
