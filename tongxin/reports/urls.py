from django.urls import path

from tongxin.reports import views

app_name = "reports"
urlpatterns = [
    path("report/", views.report, name="report"),
    path("report.json", views.report_json, name="report_json"),
    path("report/<str:code>/", views.records, name="records"),
]
