from django.urls import path

from tongxin.audit import views

app_name = "audit"
urlpatterns = [
    path("check/", views.paper, name="paper"),
    path("v/record/", views.looks, name="looks"),
    path("v/record/anchor/", views.anchor, name="anchor"),
    path("v/record/notice/", views.notice, name="notice"),
]
