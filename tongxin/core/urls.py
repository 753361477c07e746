from django.urls import path

from tongxin.core import status, views

app_name = "core"
urlpatterns = [
    path("display/", views.display, name="display"),
    path("language/", views.language, name="language"),
    path("policy-report", views.policy_report, name="policy_report"),
    path("healthz", views.healthz, name="healthz"),
    path("healthz/worker", status.alive, name="alive"),
    path("w/site/", status.page, name="status"),
    path("w/site/live/", status.live, name="live"),
    path("w/site/aside/", status.aside, name="aside"),
]
