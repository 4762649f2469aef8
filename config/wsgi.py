"""What each web worker runs."""

import os

from django.core.wsgi import get_wsgi_application

from config.lifeline import die_with_parent, tell_ready
from config.listening import hush_when_told

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
die_with_parent()
hush_when_told()
application = get_wsgi_application()
tell_ready()
