from django.urls import path

from tongxin.core import views

app_name = "core"
urlpatterns = [
    path("display/", views.display, name="display"),
    path("language/", views.language, name="language"),
    path("policy-report", views.policy_report, name="policy_report"),
    path("healthz", views.healthz, name="healthz"),
]
