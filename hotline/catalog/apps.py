from django.apps import AppConfig


class Catalog(AppConfig):
    name = "hotline.catalog"
    label = "catalog"
