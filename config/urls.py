"""Every address, by door."""

from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="ui:home"), name="root"),
    path("", include("hotline.doors.ui.urls")),
    path("", include("hotline.doors.portal.urls")),
    path("", include("hotline.doors.desk.urls")),
]
handler400 = "hotline.doors.ui.errors.bad_request"
handler403 = "hotline.doors.ui.errors.denied"
handler404 = "hotline.doors.ui.errors.not_found"
handler500 = "hotline.doors.ui.errors.failed"
