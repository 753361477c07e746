"""Books, accounts, transactions and their postings, closes. Nothing here is changed or taken away once it is written.

A posting is written before its transaction, and the transaction seals it: from then on nothing may be added, and the
database has looked whether the postings sum to zero (`guards`). Unsealed postings cannot be committed, because their
foreign key waits for the transaction's row.
"""

from typing import Final, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tongxin.accounts.models import User
from tongxin.core.models import at_most
from tongxin.territory.models import VillageManager, VillageQuerySet, VillageRow

MOST: Final = 10**12  # of one posting: ten thousand million yuan in fen; a million of them still fit 64 bits


class Book(VillageRow):
    """What is counted in one unit and adds up to zero: the points of a village, its money, the shares."""

    kind = models.CharField(_("Kind"), max_length=24)
    unit = models.CharField(_("Unit"), max_length=8)
    opened_on = models.DateField(_("Since"))

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "kind"], name="ledger_book_kind"),
            at_most("kind", 24, "ledger_book_kind_length"),
        ]


class Account(VillageRow):
    """Whose units they are, or where they come from. What stands behind `owner_id` the app above knows by `kind`."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="accounts", db_index=False)
    kind = models.CharField(_("Kind"), max_length=24)
    owner_id = models.UUIDField(null=True, blank=True)
    may_go_below = models.BooleanField(_("May go below zero"), default=False)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "book", "kind", "owner_id"], name="ledger_account_once"),
            models.UniqueConstraint(
                fields=["village", "book", "kind"],
                condition=Q(owner_id__isnull=True),
                name="ledger_account_once_no_owner",
            ),
            at_most("kind", 24, "ledger_account_kind_length"),
        ]


class TransactionQuerySet(VillageQuerySet["Transaction"]):
    def reversals(self) -> Self:
        return self.filter(reverses__isnull=False)


class Transaction(VillageRow):
    """One event of a book: two postings or more that sum to zero, by one person, known by the key of its request.

    A reversal names what it takes back, why, and a second person who agreed.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="transactions", db_index=False)
    effective_on = models.DateField(_("Counts from"))
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    by_name = models.CharField(_("By whom"), max_length=64, blank=True)
    purpose = models.CharField(_("What for"), max_length=40)
    cause_id = models.UUIDField(null=True, blank=True, help_text="the award, the order, the settlement behind it")
    note = models.CharField(_("Words"), max_length=200, blank=True)
    key = models.CharField(max_length=64)
    request_hash = models.CharField(max_length=64)
    reverses = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="reversals", db_index=False
    )
    second = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    reason = models.CharField(_("Reason"), max_length=200, blank=True)

    objects = VillageManager.from_queryset(TransactionQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "book", "key"], name="ledger_transaction_key"),
            models.UniqueConstraint(fields=["village", "reverses"], name="ledger_transaction_reversed_once"),
            models.CheckConstraint(
                condition=Q(reverses__isnull=True)
                | (Q(by__isnull=False) & Q(second__isnull=False) & ~Q(second=F("by")) & ~Q(reason="")),
                name="ledger_transaction_reversal_by_two",
            ),
            models.CheckConstraint(condition=~Q(key=""), name="ledger_transaction_has_key"),
            at_most("key", 64, "ledger_transaction_key_length"),
        ]
        indexes = [
            models.Index(fields=["village", "book", "effective_on"], name="ledger_transaction_day"),
            models.Index(fields=["village", "cause_id"], name="ledger_transaction_cause"),
        ]


class Posting(VillageRow):
    """So many units to one account (below zero: from it). Book and day are those of its transaction."""

    transaction = models.ForeignKey(Transaction, on_delete=models.PROTECT, related_name="postings", db_index=False)
    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="+", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="postings", db_index=False)
    effective_on = models.DateField(_("Counts from"))
    units = models.BigIntegerField(_("Units"))

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            # without the village: the seal asks for every posting that names the transaction, from wherever it is
            models.UniqueConstraint(fields=["transaction", "account"], name="ledger_posting_once"),
            models.CheckConstraint(
                condition=~Q(units=0) & Q(units__gte=-MOST) & Q(units__lte=MOST), name="ledger_posting_units"
            ),
        ]
        indexes = [
            # both answer a balance from the index alone: of one account, and of a whole book
            models.Index(fields=["village", "account", "effective_on", "units"], name="ledger_posting_account"),
            models.Index(fields=["village", "book", "effective_on", "account", "units"], name="ledger_posting_book"),
        ]


class Close(VillageRow):
    """The end of a period: nothing more may count from a day up to `through_on`. There is no reopening.

    `posting_count` and `digest` are the period's figures as they were; a later look compares.
    """

    book = models.ForeignKey(Book, on_delete=models.PROTECT, related_name="closes", db_index=False)
    number = models.PositiveIntegerField(_("Number"))
    from_on = models.DateField(_("From"))
    through_on = models.DateField(_("Through"))
    at = models.DateTimeField(_("When"))
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    second = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+", db_index=False)
    posting_count = models.PositiveIntegerField(_("Postings"))
    digest = models.CharField(max_length=64)

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "book", "number"], name="ledger_close_number"),
            models.UniqueConstraint(fields=["village", "book", "through_on"], name="ledger_close_through"),
            models.CheckConstraint(condition=Q(through_on__gte=F("from_on")), name="ledger_close_forwards"),
            models.CheckConstraint(condition=~Q(second=F("by")), name="ledger_close_by_two"),
        ]


class ClosingBalance(VillageRow):
    """What an account held at a close: from here a balance is counted on. One for each account that there was."""

    close = models.ForeignKey(Close, on_delete=models.PROTECT, related_name="balances", db_index=False)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+", db_index=False)
    through_on = models.DateField()
    units = models.BigIntegerField()

    objects = VillageManager.from_queryset(VillageQuerySet)()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["village", "account", "through_on"], name="ledger_closingbalance_once"),
        ]
        indexes = [models.Index(fields=["village", "close"], name="ledger_closingbalance_close")]
