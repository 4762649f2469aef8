from django.apps import AppConfig


class People(AppConfig):
    name = "hotline.people"
    label = "people"
