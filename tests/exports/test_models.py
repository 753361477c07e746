import pytest
from django.db import IntegrityError, transaction

from tests.factories import exports
from tongxin.exports.models import Export, ExportEntry


@pytest.mark.parametrize("changed", [{"reason": ""}, {"persons": 0}])
def test_without_a_reason_or_persons_no_row(here, changed):
    exports.ask(here)
    asked = Export.objects.get()
    asked.pk = None
    for name, value in changed.items():
        setattr(asked, name, value)
    with pytest.raises(IntegrityError), transaction.atomic():
        asked.save(force_insert=True)


def test_rows_of_both_tables_stay_as_they_were_written(here):
    exports.agreed(here)
    for model, change in ((Export, {"persons": 5000}), (ExportEntry, {"ends_at": None})):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.all().update(**change)
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            model.objects.all()._raw_delete("default")
