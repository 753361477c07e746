from django.urls import path

from tongxin.bodies.views import emergency, entering, logins, tree

app_name = "bodies"
urlpatterns = [
    path("v/bodies/", tree.bodies, name="bodies"),
    path("v/bodies/new/", entering.body_new, name="body_new"),
    path("v/bodies/<uuid:pk>/", tree.body, name="body"),
    path("v/bodies/<uuid:pk>/end/", entering.body_end, name="body_end"),
    path("v/bodies/<uuid:pk>/posts/new/", entering.post_new, name="post_new"),
    path("v/posts/<uuid:post_pk>/appoint/", entering.appoint, name="appoint"),
    path("v/posts/<uuid:post_pk>/end/", entering.post_end, name="post_end"),
    path("v/posts/<uuid:post_pk>/pair/", entering.pair, name="pair"),
    path("v/posts/<uuid:post_pk>/emergency/", emergency.emergency, name="emergency"),
    path("v/emergencies/<uuid:emergency_pk>/end/", emergency.emergency_end, name="emergency_end"),
    path("v/appointments/<uuid:appointment_pk>/end/", entering.end, name="end"),
    path("v/appointments/<uuid:appointment_pk>/leave/", entering.leave, name="leave"),
    path("v/appointments/<uuid:appointment_pk>/login/", logins.login, name="login"),
]
