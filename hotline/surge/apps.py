from django.apps import AppConfig


class Surge(AppConfig):
    name = "hotline.surge"
    label = "surge"
