from django.urls import path

from tongxin.issues.views import answerers, board, finding, household, pictures, resident, status, telling

app_name = "issues"
urlpatterns = [
    # residents
    path("", resident.home, name="home"),
    path("say/", finding.say, name="say"),
    path("say/new/", telling.say_new, name="say_new"),
    path("say/find/", finding.say_find, name="say_find"),
    path("say/done/<str:number>/", telling.say_done, name="say_done"),
    path("say/<str:number>/", status.say_status, name="say_status"),
    path("say/<str:number>/confirm/", status.say_confirm, name="say_confirm"),
    path("say/<str:number>/prove/", status.say_prove, name="say_prove"),
    path("say/<str:number>/join/", telling.say_join, name="say_join"),
    path("q/<str:code>/", resident.qr, name="qr"),
    path("who/", answerers.who, name="who"),
    path("board/", board.board, name="board"),
    path("board/said/<str:number>/", board.answered, name="answered"),
    path("c/<str:token>/", household.card, name="card"),
    path("my/", household.my, name="my"),
    path("my/leave/", household.leave, name="my_leave"),
    path("f/<uuid:pk>/<slug:variant>/", pictures.photo, name="photo"),
    path("help/", resident.help_page, name="help"),
    path("help/paper/", resident.paper, name="paper"),
    path("privacy/", resident.privacy, name="privacy"),
    path("a11y/", resident.a11y, name="a11y"),
    path("feedback/", telling.feedback, name="feedback"),
    # staff
]
