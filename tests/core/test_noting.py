import pytest
from django.core.exceptions import PermissionDenied
from django.http import Http404

from tongxin.core.errors import DomainError, NotAllowed, WrongStatus
from tongxin.core.noting import noted


@pytest.mark.parametrize("error", [PermissionDenied, Http404, NotAllowed, WrongStatus, DomainError])
def test_a_refusal_is_noted_and_goes_on(error):
    seen = []

    @noted(lambda request, step, pk: seen.append((step, pk)), "read")
    def view(request, pk):
        raise error

    with pytest.raises(error):
        view(None, pk=7)
    assert seen == ([] if error is DomainError else [("read", 7)])
