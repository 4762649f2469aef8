from django.apps import AppConfig


class Limits(AppConfig):
    name = "hotline.limits"
    label = "limits"
