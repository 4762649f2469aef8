from django.apps import AppConfig


class Ui(AppConfig):
    name = "hotline.doors.ui"
    label = "ui"
