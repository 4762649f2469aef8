"""Addresses of the auditors' pages, under audit/."""

from django.urls import path

from hotline.doors.desk.audit import alerts, changes, looks, seals, unmaskings

urlpatterns = [
    path("looks/", looks.looks, name="audit"),
    path("alerts/", alerts.alerts, name="audit_alerts"),
    path("alerts/<int:pk>/", alerts.explain, name="audit_alert"),
    path("changes/", changes.changes, name="audit_changes"),
    path("duties/", changes.answer, name="audit_duties"),
    path("seals/", seals.seals, name="audit_seals"),
    path("seals/<int:number>/", seals.download, name="audit_seal"),
    path("unmaskings/", unmaskings.unmaskings, name="audit_unmaskings"),
    path("looks/sheet/", looks.looks_sheet, name="audit_sheet"),
]
