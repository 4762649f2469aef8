from django.apps import AppConfig


class Insight(AppConfig):
    name = "hotline.insight"
    label = "insight"
