"""Addresses of surges, under desk/surges/."""

from django.urls import path

from hotline.doors.desk.surge import answering, group, switching

urlpatterns = [
    path("", switching.overview, name="surges"),
    path("new/", switching.on, name="surge_on"),
    path("sheet/", switching.sheet, name="surges_sheet"),
    path("<int:pk>/", group.surge, name="surge"),
    path("<int:pk>/change/", switching.change, name="surge_change"),
    path("<int:pk>/end/", switching.off, name="surge_off"),
    path("<int:pk>/lead/", group.lead, name="surge_lead"),
    path("<int:pk>/members/", group.bring_in, name="surge_bring_in"),
    path("<int:pk>/members/removal/", group.take_out, name="surge_take_out"),
    path("<int:pk>/batches/", group.begin, name="surge_begin"),
    path("<int:pk>/answers/", answering.new, name="surge_answer"),
    path("answers/<int:pk>/passing/", answering.pass_, name="surge_answer_pass"),
    path("answers/<int:pk>/withdrawal/", answering.withdraw, name="surge_answer_withdraw"),
    path("batches/<int:pk>/", group.batch, name="surge_batch"),
    path("batches/<int:pk>/stop/", group.stop, name="surge_stop"),
]
