from django.apps import AppConfig


class Desk(AppConfig):
    name = "hotline.doors.desk"
    label = "desk"
