"""Addresses of the requester's pages."""

from django.urls import path

from hotline.doors.portal import corrections, exports, me, privacy, views

app_name = "portal"
urlpatterns = [
    path("portal/", views.home, name="home"),
    path("privacy/", privacy.notice, name="privacy"),
    path("privacy/read/", privacy.acknowledge, name="notice_read"),
    path("privacy/<slug:version>/", privacy.notice, name="privacy_version"),
    path("me/", me.me, name="me"),
    path("me/phone/", corrections.phone, name="phone"),
    path("me/correction/<slug:fact>/", corrections.correction, name="correction"),
    path("me/correction/<int:pk>/undo/", corrections.undo, name="correction_undo"),
    path("me/export/", exports.mine, name="export"),
    path("me/export/<int:pk>/", exports.download, name="export_file"),
    path("me/erasure/", me.erasure, name="erasure"),
    path("me/erasure/undo/", me.undo, name="erasure_undo"),
    path("requests/new/", views.new, name="new"),
    path("requests/new/look/", views.look, name="look"),
    path("requests/drafts/<int:pk>/removal/", views.discard, name="discard"),
    path("requests/track/", views.track, name="track"),
    path("requests/", views.requests, name="requests"),
    path("requests/<str:number>/", views.request_, name="request"),
    path("requests/<str:number>/looks/", views.looks, name="looks"),
    path("requests/<str:number>/clocks/", views.clocks, name="clocks"),
    path("requests/<str:number>/consents/", privacy.consent, name="consent"),
    path("requests/<str:number>/export/", exports.of_request, name="case_export"),
    path("requests/<str:number>/erasure/", me.case_erasure, name="case_erasure"),
    path("requests/<str:number>/erasure/undo/", me.case_undo, name="case_erasure_undo"),
    path("requests/<str:number>/notice/", privacy.read_for, name="notice_read_for"),
    path("requests/<str:number>/<slug:slug>/", views.act, name="act"),
    path("requests/<str:number>/<slug:slug>/draft/", views.draft, name="draft"),
]
