"""The verbs of the main job, by who speaks them: the teller, the council, the handler, the judge."""

from tongxin.issues.actions.doing import answer, hand_back, note
from tongxin.issues.actions.files import develop_file
from tongxin.issues.actions.looking import read_sealed, reveal
from tongxin.issues.actions.orders import (
    accept,
    decline,
    dispatch,
    give_up,
    hold_sitting,
    merge,
    reclassify,
    refer,
    set_usual_handler,
)
from tongxin.issues.actions.recusing import pass_up, watch, watch_everywhere
from tongxin.issues.actions.sealed import add, judge
from tongxin.issues.actions.telling import Report, Told, join, report
from tongxin.issues.actions.unsealing import (
    Opened,
    agree_unsealing,
    ask_unsealing,
    read_envelope,
    refuse_unsealing,
    turned_away,
)
from tongxin.issues.actions.verdict import appeal, confirm, lapse, lapse_silent, not_yet, reopen

__all__ = [
    "Opened",
    "Report",
    "Told",
    "accept",
    "add",
    "agree_unsealing",
    "answer",
    "appeal",
    "ask_unsealing",
    "confirm",
    "decline",
    "develop_file",
    "dispatch",
    "give_up",
    "hand_back",
    "hold_sitting",
    "join",
    "judge",
    "lapse",
    "lapse_silent",
    "merge",
    "not_yet",
    "note",
    "pass_up",
    "read_envelope",
    "read_sealed",
    "reclassify",
    "refer",
    "refuse_unsealing",
    "reopen",
    "report",
    "reveal",
    "set_usual_handler",
    "turned_away",
    "watch",
    "watch_everywhere",
]
