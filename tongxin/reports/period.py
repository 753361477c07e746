"""From which day to which day a report counts. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta


class BadPeriod(ValueError):
    """The first day lies after the last one."""


def year_before(day: date) -> date:
    """The same day of the year before; of 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)


@dataclass(frozen=True)
class Period:
    """Both days included. A stock is counted on `on`, a flow from `from_on` to `on`."""

    from_on: date
    on: date

    def __post_init__(self) -> None:
        if self.from_on > self.on:
            raise BadPeriod(f"{self.from_on} lies after {self.on}")

    @classmethod
    def ending(cls, on: date, from_on: date | None = None) -> "Period":
        """The year that ends on that day, unless another first day is given."""
        return cls(from_on or year_before(on) + timedelta(days=1), on)

    @property
    def is_year(self) -> bool:
        return self.from_on == year_before(self.on) + timedelta(days=1)
