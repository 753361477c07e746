from django.urls import path

from tongxin.people.views import cards, households, members

app_name = "people"
urlpatterns = [
    path("v/find/", households.search, name="search"),
    path("v/hh/", households.households, name="households"),
    path("v/hh/new/", households.household_new, name="household_new"),
    path("v/hh/cards/", cards.cards, name="cards"),
    path("v/hh/cards/print/", cards.cards_print, name="cards_print"),
    path("v/hh/cards/<uuid:pk>/revoke/", cards.card_revoke, name="card_revoke"),
    path("v/hh/cards/<uuid:pk>/unlock/", cards.card_unlock, name="card_unlock"),
    path("v/hh/members/<uuid:pk>/leave/", members.member_leave, name="member_leave"),
    path("v/hh/members/<uuid:pk>/move/", members.member_move, name="member_move"),
    path("v/hh/members/<uuid:pk>/edit/", members.person_edit, name="person_edit"),
    path("v/hh/members/<uuid:pk>/death/", members.person_death, name="person_death"),
    path("v/hh/<uuid:pk>/", households.household, name="household"),
    path("v/hh/<uuid:pk>/reveal/", households.household_reveal, name="household_reveal"),
    path("v/hh/<uuid:pk>/edit/", households.household_edit, name="household_edit"),
    path("v/hh/<uuid:pk>/close/", households.household_close, name="household_close"),
    path("v/hh/<uuid:pk>/join/", members.member_new, name="member_new"),
    path("v/hh/<uuid:pk>/head/", members.household_head, name="household_head"),
    path("v/hh/<uuid:pk>/card/", cards.card_issue, name="card_issue"),
    path("v/hh/<uuid:pk>/pin/", cards.household_pin, name="household_pin"),
    path("v/hh/<uuid:pk>/pin/clear/", cards.household_pin_clear, name="household_pin_clear"),
]
