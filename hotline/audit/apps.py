from django.apps import AppConfig


class Audit(AppConfig):
    name = "hotline.audit"
    label = "audit"
