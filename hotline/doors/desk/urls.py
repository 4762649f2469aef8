"""Addresses of the office's desk and of the units'."""

from django.urls import include, path

from hotline.doors.desk.views import board, bulk, case, figures, register, rooms, sheets, unit

app_name = "desk"
urlpatterns = [
    path("desk/", board.board, name="board"),
    path("desk/queues/<slug:code>/", board.queue, name="queue"),
    path("desk/cases/", board.cases, name="cases"),
    path("desk/cases/sheet/", sheets.cases, name="cases_sheet"),
    path("desk/filters/", board.save_filter, name="save_filter"),
    path("desk/filters/<int:pk>/removal/", board.drop_filter, name="drop_filter"),
    path("desk/registrations/", register.register, name="register"),
    path("desk/registrations/draft/", register.keep, name="register_draft"),
    path("desk/registrations/caller/", register.caller, name="caller"),
    path("desk/bulk-dispatches/", bulk.bulk, name="bulk"),
    path("desk/visits/", rooms.visits, name="visits"),
    path("desk/visits/<int:pk>/claim/", rooms.claim, name="claim"),
    path("desk/rooms/<slug:room>/", rooms.sealed, name="sealed"),
    path("desk/cases/<str:number>/", case.case, name="case"),
    path("desk/cases/<str:number>/next/", case.after, name="case_after"),
    path("desk/cases/<str:number>/clocks/", case.clocks, name="clocks"),
    path("desk/cases/<str:number>/presence/", case.presence, name="presence"),
    path("desk/cases/<str:number>/remarks/<int:pk>/release/", case.release, name="release"),
    path("desk/cases/<str:number>/orders/<int:pk>/<slug:slug>/", case.act_on_order, name="act_on_order"),
    path("desk/cases/<str:number>/orders/<int:pk>/<slug:slug>/draft/", case.draft, name="order_draft"),
    path("desk/cases/<str:number>/<slug:slug>/", case.act, name="act"),
    path("desk/cases/<str:number>/<slug:slug>/draft/", case.draft, name="draft"),
    path("admin/", include("hotline.doors.desk.admin.urls")),
    path("figures/", figures.figures, name="figures"),
    path("figures/sheet/", sheets.figures, name="figures_sheet"),
    path("figures/cases/", figures.behind, name="figures_list"),
    path("unit/", unit.inbox, name="inbox"),
    path("unit/<slug:tab>/", unit.inbox, name="inbox_tab"),
    path("unit/orders/<int:pk>/", unit.order, name="order"),
    path("unit/orders/<int:pk>/clocks/", unit.clocks, name="order_clocks"),
    path("unit/orders/<int:pk>/next/", unit.after, name="order_after"),
    path("unit/orders/<int:pk>/presence/", unit.presence, name="order_presence"),
    path("unit/orders/<int:pk>/<slug:slug>/", unit.act, name="unit_act"),
    path("unit/orders/<int:pk>/<slug:slug>/draft/", unit.draft, name="unit_draft"),
]  # fmt: skip
