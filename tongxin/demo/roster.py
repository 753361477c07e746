"""Invented households and people whose sums are the published ones. Pure and always the same."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

START = date(2012, 1, 1)  # when the register begins
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗郑梁谢宋唐许邓韩冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任沈"
    "姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
MALE = "建国军强伟平刚明辉波斌涛鹏飞龙海山林福贵生财旺忠义仁勇毅俊浩宇轩文武志成德清"
FEMALE = "秀英芳兰梅红霞燕玲丽娟敏静艳萍慧琴凤云月香莲珍桂巧玉洁雪琳佳欣怡婷颖"
HOUSE_WORDS = ("老槐树", "井台", "坡上", "沟边", "路口", "磨坊", "堡子", "梨园", "麦场", "水泉", "庙湾", "渠头")


@dataclass(frozen=True)
class PersonPlan:
    name: str
    sex: str
    birth_year: int
    relation: str
    from_on: date = START
    to_on: date | None = None
    died_on: date | None = None
    left_because: str = ""
    residence: str = "registered"
    is_away: bool = False
    phone: str = ""


@dataclass
class HouseholdPlan:
    number: str
    group: int
    grid: int
    house_name: str
    opened_on: date = START
    closed_on: date | None = None
    closed_because: str = ""
    people: list[PersonPlan] = field(default_factory=list)


class Maker:
    """Deals out names, years and telephone numbers; one seed, one village."""

    def __init__(self, seed: int, phone_prefix: str) -> None:
        self.dice = Random(seed)
        self.phone_prefix = phone_prefix
        self.phones = 0
        self.taken: set[str] = set()

    def name(self, sex: str, surname: str = "") -> str:
        letters = MALE if sex == "1" else FEMALE
        while True:
            given = "".join(self.dice.sample(letters, self.dice.choice((1, 2, 2, 2))))
            name = (surname or self.dice.choice(SURNAMES)) + given
            if name not in self.taken:
                self.taken.add(name)
                return name

    def phone(self) -> str:
        self.phones += 1
        return f"{self.phone_prefix}{self.phones:04d}"

    def family(self, size: int) -> list[PersonPlan]:
        """A head and `size` - 1 others, in an order that real families have."""
        dice = self.dice
        head_sex = "1" if dice.random() < 0.8 else "2"
        head_year = dice.randint(1948, 1985)
        surname = dice.choice(SURNAMES)
        has_phone = dice.random() < 0.93
        people = [
            PersonPlan(self.name(head_sex, surname), head_sex, head_year, "02", phone=self.phone() if has_phone else "")
        ]
        others = ["10", "20", "30", "50", "38", "40", "40", "50", "20"]
        if head_year < 1955 and size == 1:
            return people
        for relation in others[: size - 1]:
            people.append(self._other(relation, surname, head_sex, head_year))
        return people

    def _other(self, relation: str, surname: str, head_sex: str, head_year: int) -> PersonPlan:
        dice = self.dice
        sex = {"10": "2" if head_sex == "1" else "1", "20": "1", "30": "2", "38": "2"}.get(relation) or dice.choice(
            "12"
        )
        year = {
            "10": head_year + dice.randint(-2, 3),
            "20": head_year + dice.randint(22, 28),
            "30": head_year + dice.randint(22, 30),
            "38": head_year + dice.randint(23, 29),
            "40": head_year + dice.randint(46, 54),
            "50": head_year - dice.randint(21, 26),
        }[relation]
        year = min(max(year, 1928), 2022)
        own = relation in ("20", "30", "40")
        grown = 1968 <= year <= 2002
        return PersonPlan(
            self.name(sex, surname if own else ""),
            sex,
            year,
            relation,
            from_on=max(START, date(year, 6, 1)) if year >= 2012 else START,
            is_away=grown and relation in ("20", "38") and dice.random() < 0.55,
            phone=self.phone() if grown and dice.random() < 0.5 else "",
        )


def sizes(dice: Random, households: int, people: int) -> list[int]:
    """`households` whole numbers from 1 to 8 that add up to `people`."""
    base, more = divmod(people, households)
    found = [base + (i < more) for i in range(households)]
    for _ in range(households * 2):
        a, b = dice.sample(range(households), 2)
        if found[a] > 1 and found[b] < 8:
            found[a] -= 1
            found[b] += 1
    return found


def tonganyi() -> list[HouseholdPlan]:
    """772 households and 3,036 registered people on 2023-06-30, and those who must not be counted."""
    maker = Maker(12360, "1300000")
    per_group = {1: (142, 561), 2: (131, 512), 3: (128, 503), 4: (124, 488), 5: (119, 466), 6: (128, 506)}
    per_grid = {1: 71, 2: 71, 3: 66, 4: 65, 5: 64, 6: 64, 7: 62, 8: 62, 9: 60, 10: 59, 11: 64, 12: 64}
    rows: list[HouseholdPlan] = []
    for group, (households, people) in per_group.items():
        family_sizes = sizes(maker.dice, households, people)
        grids = [grid for grid in (2 * group - 1, 2 * group) for _ in range(per_grid[grid])]
        for i, (size, grid) in enumerate(zip(family_sizes, grids, strict=True), start=1):
            name = f"{maker.dice.choice(HOUSE_WORDS)}{i}号" if i % 9 == 0 else ""
            rows.append(HouseholdPlan(f"{group}{i:03d}", group, grid, name, people=maker.family(size)))
    _near_misses(rows, maker)
    return rows


def _near_misses(rows: list[HouseholdPlan], maker: Maker) -> None:
    """Two closed households, one opened on 1 July 2023, five who died, three who moved out, 212 newcomers."""
    gone = maker.family(1)[0]
    moved = PersonPlan(gone.name, gone.sex, gone.birth_year, "02", to_on=date(2021, 5, 1), left_because="并入儿子户")
    rows.append(
        HouseholdPlan("1901", 1, 1, "", closed_on=date(2021, 5, 1), closed_because="并入儿子户", people=[moved])
    )
    died = maker.family(1)[0]
    late = PersonPlan(
        died.name, died.sex, 1936, "02", to_on=date(2022, 11, 15), died_on=date(2022, 11, 15), left_because="去世"
    )
    rows.append(HouseholdPlan("4901", 4, 7, "", closed_on=date(2022, 11, 15), closed_because="户主去世", people=[late]))
    rows.append(HouseholdPlan("6902", 6, 12, "", opened_on=date(2023, 7, 1)))
    for i, day in enumerate((date(2021, 3, 2), date(2022, 1, 9), date(2022, 8, 21), date(2023, 2, 14))):
        sex = "12"[i % 2]
        rows[40 + i * 150].people.append(
            PersonPlan(maker.name(sex), sex, 1931 + i, "50", to_on=day, died_on=day, left_because="去世")
        )
    for i, day in enumerate((date(2021, 9, 1), date(2022, 7, 20), date(2023, 5, 6))):
        rows[90 + i * 170].people.append(
            PersonPlan(maker.name("2"), "2", 1996 + i, "30", to_on=day, left_because="婚嫁迁出")
        )
    for i in range(212):
        sex = "12"[i % 2]
        rows[(i * 7) % 700].people.append(
            PersonPlan(
                maker.name(sex),
                sex,
                maker.dice.randint(1965, 2003),
                "99",
                from_on=date(2019 + i % 4, 1 + i % 12, 1 + i % 28),
                residence="newcomer",
            )
        )


def gucheng() -> list[HouseholdPlan]:
    """The neighbour: 64 households in two groups and two grids."""
    maker = Maker(201, "1310000")
    rows = []
    for group in (1, 2):
        for i, size in enumerate(sizes(maker.dice, 32, 124), start=1):
            rows.append(HouseholdPlan(f"{group}{i:03d}", group, group, "", people=maker.family(size)))
    return rows
