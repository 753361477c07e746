"""Model, views and routes of the yardstick."""

from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path


class Row(models.Model):
    text = models.TextField()
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "bare"


def insert(request: HttpRequest) -> HttpResponse:
    Row.objects.create(text=request.POST["words"])
    return HttpResponseRedirect("/list/", status=303)


def rows(request: HttpRequest) -> HttpResponse:
    return render(request, "bare_list.html", {"rows": Row.objects.order_by("-id")[:25]})


urlpatterns = [path("insert/", insert), path("list/", rows)]
