from django.urls import path

from tongxin.exports import views

app_name = "exports"
urlpatterns = [
    path("v/exports/", views.exports, name="exports"),
    path("v/exports/ask/", views.ask, name="ask"),
    path("v/exports/<uuid:export_pk>/", views.export, name="export"),
    path("v/exports/<uuid:export_pk>/agree/", views.agree, name="agree"),
    path("v/exports/<uuid:export_pk>/refuse/", views.refuse, name="refuse"),
    path("v/exports/<uuid:export_pk>/take/", views.take, name="take"),
]
