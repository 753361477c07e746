"""All routes: each app its own. A village's prefix is taken off by `territory.middleware` before these are read."""

from django.urls import include, path

urlpatterns = [
    path("", include("tongxin.core.urls")),
    path("", include("tongxin.accounts.urls")),
    path("", include("tongxin.audit.urls")),
    path("", include("tongxin.territory.urls")),
    path("", include("tongxin.people.urls")),
    path("", include("tongxin.bodies.urls")),
    path("", include("tongxin.exports.urls")),
    path("", include("tongxin.issues.urls")),
    path("", include("tongxin.reports.urls")),
]

handler400 = "tongxin.core.views.bad_request"
handler403 = "tongxin.core.views.denied"
handler404 = "tongxin.core.views.not_found"
handler500 = "tongxin.core.views.server_error"
