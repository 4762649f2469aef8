from django.apps import AppConfig


class Rights(AppConfig):
    name = "hotline.rights"
    label = "rights"
