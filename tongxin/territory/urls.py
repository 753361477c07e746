from django.urls import path

from tongxin.territory import views

app_name = "territory"
urlpatterns = [
    path("v/places/", views.places, name="places"),
    path("v/places/new/", views.place_new, name="place_new"),
    path("v/places/posters/", views.posters, name="posters"),
    path("v/places/<uuid:pk>/close/", views.place_end, name="place_end"),
    path("v/places/<uuid:pk>/code/", views.code_issue, name="code_issue"),
    path("v/places/<uuid:pk>/poster/", views.poster, name="poster"),
    path("v/places/codes/<uuid:pk>/revoke/", views.code_revoke, name="code_revoke"),
    path("v/groups/new/", views.group_new, name="group_new"),
    path("v/groups/<uuid:pk>/end/", views.group_end, name="group_end"),
    path("v/grids/new/", views.grid_new, name="grid_new"),
]
