"""The figures in sentences, as such accounts are written: so that nobody has to type a number by hand.

A clause stands for one figure and falls away with it. Which figure is said roundly is decided here, once (`rounding`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import get_language, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from tongxin.core.templatetags.look import thousands
from tongxin.reports.indicators import sections
from tongxin.reports.indicators.kinds import Value
from tongxin.reports.rounding import Rounded, Style, rounded

MONEY = sections.YUAN
HOMES = sections.HOUSEHOLDS


@dataclass(frozen=True)
class Clause:
    """`counted` is the noun after the number, `words` says what about it, with %(amount)s."""

    code: str
    counted: Promise
    words: Promise | str = "%(amount)s"
    style: Style = Style.EXACT


SENTENCES: tuple[tuple[Clause, ...], ...] = (
    (
        Clause("groups", pgettext_lazy("counted", "villager groups"), _("the village has %(amount)s")),
        Clause("households", HOMES),
        Clause("people", pgettext_lazy("counted", "registered people")),
        Clause("grids", pgettext_lazy("counted", "grids"), _("in %(amount)s")),
    ),
    (
        Clause("party_branches", pgettext_lazy("counted", "Party branch")),
        Clause("bodies", pgettext_lazy("counted", "bodies")),
        Clause("party_groups", pgettext_lazy("counted", "grid Party groups")),
        Clause("party_households", pgettext_lazy("counted", "Party-member households")),
    ),
    (
        Clause("shareholding_households", HOMES, _("%(amount)s hold shares in the cooperative")),
        Clause("average_dividend", MONEY, _("each received %(amount)s on average")),
    ),
    (
        Clause("land_transfer_households", HOMES, _("%(amount)s let their land")),
        Clause("vegetable_mu", sections.MU, _("highland vegetables grow on %(amount)s")),
        Clause("watermelon_mu", sections.MU, _("seedless watermelon grows on %(amount)s")),
    ),
    (
        Clause("base_workers", sections.PERSONS, _("%(amount)s work at the bases"), Style.ODD),
        Clause("base_worker_gain", MONEY, _("their yearly income is up by %(amount)s on average"), Style.LEAST),
    ),
    (
        Clause("greenhouse_investment", MONEY, _("%(amount)s were put into greenhouses"), Style.ODD),
        Clause("greenhouses_renovated", pgettext_lazy("unit", "greenhouses"), _("%(amount)s were rebuilt")),
        Clause("greenhouse_growers", HOMES, _("%(amount)s grow in them")),
        Clause("greenhouse_average_income", MONEY, _("each greenhouse earned %(amount)s"), Style.LEAST),
    ),
    (
        Clause("pig_households_100", HOMES, _("%(amount)s keep 100 pigs or more")),
        Clause("broiler_farms_1000", pgettext_lazy("counted", "farms"), _("%(amount)s keep 1,000 broilers or more")),
        Clause("layer_farms_10000", pgettext_lazy("counted", "farms"), _("%(amount)s keep 10,000 layers or more")),
    ),
    (
        Clause("people_trained", sections.PERSONS, _("%(amount)s were trained")),
        Clause("posts_held", pgettext_lazy("counted", "ranger and public-welfare posts"), _("%(amount)s are held")),
        Clause("people_working_away", sections.PERSONS, _("%(amount)s work away")),
        Clause("work_away_income", MONEY, _("they earned %(amount)s"), Style.ODD),
    ),
    (Clause("matters_solved", pgettext_lazy("counted", "pressing matters"), _("%(amount)s were solved")),),
    (
        Clause("law_activities", pgettext_lazy("counted", "law lectures"), _("%(amount)s were held")),
        Clause("law_teams", pgettext_lazy("counted", "team of law lecturers")),
        Clause("legal_advisers", pgettext_lazy("counted", "legal adviser")),
    ),
    (
        Clause("civilised_households", pgettext_lazy("counted", "civilised households"), _("chosen were %(amount)s")),
        Clause("outstanding_volunteers", pgettext_lazy("counted", "outstanding volunteers")),
        Clause("outstanding_contributors", pgettext_lazy("counted", "outstanding contributors")),
        Clause("best_post_holders", pgettext_lazy("counted", "best holders of public-welfare posts")),
    ),
    (
        Clause("reserve_cadres", pgettext_lazy("counted", "reserve cadres")),
        Clause("local_experts", pgettext_lazy("counted", "local experts")),
    ),
    (
        Clause("culture_wall_metres", pgettext_lazy("counted", "metres of culture wall")),
        Clause("culture_squares", pgettext_lazy("counted", "Party culture square")),
        Clause("service_centres", pgettext_lazy("counted", "Party-masses service centre")),
    ),
)


def amount(said: Rounded, counted: str) -> str:
    """The number with its noun and its rounding word, in ten thousands where Chinese counts so."""
    in_myriads = said.is_myriads and (get_language() or "zh").startswith("zh")
    given = {"value": thousands(said.myriads if in_myriads else said.number), "counted": counted}
    if in_myriads:
        patterns = {
            Style.EXACT: pgettext("ten thousands", "%(value)s %(counted)s"),
            Style.ODD: pgettext("ten thousands", "more than %(value)s %(counted)s"),
            Style.LEAST: pgettext("ten thousands", "%(value)s %(counted)s or more"),
        }
    else:
        patterns = {
            Style.EXACT: "%(value)s %(counted)s",
            Style.ODD: pgettext("amount", "more than %(value)s %(counted)s"),
            Style.LEAST: pgettext("amount", "%(value)s %(counted)s or more"),
        }
    return patterns[said.style] % given


def paragraph(values: Mapping[str, Value]) -> list[str]:
    """Sentences from the figures that exist; a sentence without any falls away."""
    told = []
    for sentence in SENTENCES:
        clauses = []
        for clause in sentence:
            value = values.get(clause.code)
            if isinstance(value, (int, Decimal)):
                said = amount(rounded(value, clause.style), str(clause.counted))
                clauses.append(str(clause.words) % {"amount": said})
        if clauses:
            joined = pgettext("between clauses", ", ").join(clauses)
            told.append(capfirst(joined) + pgettext("end of a sentence", "."))
    return told
