"""Addresses that belong to no door alone."""

from django.urls import path

from hotline.doors.ui.views import (
    account,
    categories,
    files,
    machines,
    messages,
    second,
    sessions,
)

app_name = "ui"
urlpatterns = [
    path("healthz", machines.alive, name="alive"),
    path("readyz", machines.ready, name="ready"),
    path("metrics", machines.figures, name="metrics"),
    path("start/", account.home, name="home"),
    path("sign-in/", account.sign_in, name="sign_in"),
    path("sign-out/", account.sign_out, name="sign_out"),
    path("language/", account.language, name="language"),
    path("account/", account.account, name="account"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/others/end/", sessions.end_others, name="end_others"),
    path("account/sessions/<int:pk>/end/", sessions.end, name="end_session"),
    path("sign-in/second/", second.at_the_door, name="second_door"),
    path("sign-in/second/options/", second.door_options, name="door_options"),
    path("account/second/", second.second, name="second"),
    path("account/second/totp/", second.totp, name="totp"),
    path("account/second/totp/removal/", second.drop_totp, name="drop_totp"),
    path("account/second/codes/", second.codes, name="recovery_codes"),
    path("account/second/passkeys/", second.add_passkey, name="add_passkey"),
    path("account/second/passkeys/options/", second.passkey_options, name="passkey_options"),
    path("account/second/passkeys/<int:pk>/removal/", second.drop_passkey, name="drop_passkey"),
    path("account/confirm/", sessions.confirm, name="confirm"),
    path("account/awake/", sessions.awake, name="awake"),
    path("first-run/", account.first_run, name="first_run"),
    path("messages/", messages.inbox, name="messages"),
    path("messages/read/", messages.read_all, name="messages_read"),
    path("messages/settings/", messages.wishes, name="wishes"),
    path("messages/<int:pk>/", messages.message, name="message"),
    path("notices/receipts/<slug:code>/", messages.receipt, name="receipt"),
    path("categories/", categories.find, name="categories"),
    path("files/<slug:key>/", files.download, name="file"),
    path(
        "files/<slug:key>/small/",
        files.download,
        {"variant": "small"},
        name="file_small",
    ),
]
