from django.apps import AppConfig


class OversightConfig(AppConfig):
    name = "hotline.oversight"
    label = "oversight"
