from django.apps import AppConfig


class Roster(AppConfig):
    name = "hotline.roster"
    label = "roster"
