"""The small headings of the report, ring by ring."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tongxin.reports.indicators.kinds import Part, Section

PEOPLE = Section("people", Part.CORE, _("Groups, households, people"))
BODIES = Section("bodies", Part.CORE, _("Bodies"))

COOPERATIVE = Section("cooperative", Part.INDUSTRY, _("Cooperative"))
BASES = Section("bases", Part.INDUSTRY, _("Work at the bases"))
LAND = Section("land", Part.INDUSTRY, _("Land"))
GREENHOUSES = Section("greenhouses", Part.INDUSTRY, _("Greenhouses"))
ANIMALS = Section("animals", Part.INDUSTRY, _("Animals"))
WORK = Section("work", Part.INDUSTRY, _("Training, posts, work away"))
STALLS = Section("stalls", Part.INDUSTRY, _("Stalls"))

SELF = Section("self", Part.GOVERNANCE, _("Self-governance"))
LAW = Section("law", Part.GOVERNANCE, _("Rule of law"))
VIRTUE = Section("virtue", Part.GOVERNANCE, _("Rule of virtue"))

TALENTS = Section("talents", Part.MECHANISM, _("People who can"))
GRID_LEADERS = Section("grid_leaders", Part.MECHANISM, _("Who leads the grids"))
PLACES = Section("places", Part.MECHANISM, pgettext_lazy("mechanism", "Places"))
AID = Section("aid", Part.MECHANISM, _("Help for who needs it"))
POINTS = Section("points", Part.MECHANISM, _("Points"))
OVERSIGHT = Section("oversight", Part.MECHANISM, _("Oversight"))

NET = Section("net", Part.DISTANCE, _("One net"))
STEPS = Section("steps", Part.DISTANCE, _("How fast the five steps are"))
WINDOW = Section("window", Part.DISTANCE, _("One window"))

ORDER = (
    *(PEOPLE, BODIES),
    *(COOPERATIVE, BASES, LAND, STALLS, GREENHOUSES, ANIMALS, WORK),
    *(SELF, LAW, VIRTUE),
    *(TALENTS, GRID_LEADERS, PLACES, AID, POINTS, OVERSIGHT),
    *(NET, WINDOW, STEPS),
)

# the units that figures share
HOUSEHOLDS = pgettext_lazy("unit", "households")
PERSONS = pgettext_lazy("unit", "people")
OFFICERS = pgettext_lazy("unit", "persons")
PIECES = pgettext_lazy("unit", "in number")
TEAMS = pgettext_lazy("unit", "teams")
SITES = pgettext_lazy("unit", "sites")
YUAN = pgettext_lazy("unit", "yuan")
MU = pgettext_lazy("unit", "mu")
METRES = pgettext_lazy("unit", "m")
HOURS = pgettext_lazy("unit", "hours")
TIMES = pgettext_lazy("unit", "times")
MATTERS = pgettext_lazy("unit", "matters")
EVENTS = pgettext_lazy("unit", "sessions")
NOTHING = ""
