from django.urls import path

from tongxin.accounts.views import entering, invited, second, security

app_name = "accounts"
urlpatterns = [
    path("login/", entering.login, name="login"),
    path("logout/", entering.logout, name="logout"),
    path("login/second/", second.second, name="second"),
    path("login/second/passkey/", second.second_passkey, name="second_passkey"),
    path("login/enrol/", second.enrol, name="enrol"),
    path("login/invited/", invited.invited, name="invited"),
    path("login/password/", security.password, name="password"),
    path("login/security/", security.security, name="security"),
    path("login/security/codes/", security.codes, name="codes"),
    path("login/security/passkeys/new/", security.passkey_new, name="passkey_new"),
    path("login/security/passkeys/<uuid:passkey_pk>/drop/", security.passkey_drop, name="passkey_drop"),
    path("login/sessions/end-others/", security.session_end_others, name="session_end_others"),
    path("login/sessions/<uuid:session_pk>/end/", security.session_end, name="session_end"),
]
