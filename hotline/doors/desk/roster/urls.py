"""Addresses of the duty roster."""

from django.urls import path

from hotline.doors.desk.roster import handovers, overview, planning, setup, shifts, swaps

urlpatterns = [
    path("", overview.roster, name="roster"),
    path("sheet/", overview.sheet, name="roster_sheet"),
    path("posts/", setup.posts, name="roster_posts"),
    path("posts/<slug:code>/", setup.post, name="roster_post"),
    path("posts/<slug:code>/planning/", planning.plan, name="roster_plan"),
    path("posts/<slug:code>/shifts/", shifts.new, name="roster_new_shift"),
    path("posts/<slug:code>/handovers/", handovers.write, name="roster_hand_over"),
    path("patterns/", setup.new_pattern, name="roster_new_pattern"),
    path("patterns/<slug:code>/", setup.pattern, name="roster_pattern"),
    path("runs/<int:pk>/undoing/", planning.undo, name="roster_undo"),
    path("shifts/<int:pk>/", shifts.shift, name="roster_shift"),
    path("shifts/<int:pk>/relief/", shifts.relieve, name="roster_relieve"),
    path("shifts/<int:pk>/removal/", shifts.remove, name="roster_remove"),
    path("shifts/<int:pk>/swap/", shifts.ask, name="roster_ask"),
    path("swaps/", swaps.swaps, name="roster_swaps"),
    path("swaps/<int:pk>/<slug:slug>/", swaps.act, name="roster_swap"),
    path("handovers/", handovers.sheets, name="roster_handovers"),
    path("handovers/<int:pk>/", handovers.sheet, name="roster_handover"),
]
