from django.apps import AppConfig


class Cases(AppConfig):
    name = "hotline.cases"
    label = "cases"
