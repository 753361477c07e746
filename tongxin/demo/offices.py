"""Bodies, posts and who holds them, as a plan. Pure data; `person` picks the nth adult of a group's roster."""

from dataclasses import dataclass, field
from datetime import date

TERM = date(2021, 1, 16)  # the present term began


@dataclass(frozen=True)
class Seat:
    """A post and its holder. `login` gives the holder a log-in; `was` is an ended term before, for history."""

    title: str
    role: str
    login: str = ""
    takes: bool = False
    outsider: str = ""  # the name of a holder who is no villager
    was: tuple[date, date] | None = None
    seats: int = 1
    same_as: str = ""  # title of another seat held by the same person
    group: int = 0  # from which group the holder comes; 0: any


@dataclass(frozen=True)
class Office:
    kind: str
    name: str
    duty: str
    seats: list[Seat] = field(default_factory=list)
    parent: str = ""
    opened: date = date(2010, 3, 1)
    ended: date | None = None


OFFICES = [
    Office(
        "party_branch",
        "通安驿村党支部",
        "村里各样组织、各项工作的核心。",
        [
            Seat("村党支部书记", "secretary", login="demo-zhishu", was=(date(2018, 1, 10), date(2021, 1, 16))),
            Seat("组织委员", "committee"),
            Seat("宣传委员", "committee"),
        ],
    ),
    Office(
        "committee",
        "通安驿村村民委员会",
        "办理村里的公共事务和公益事业。",
        [
            Seat("村委会主任", "secretary", same_as="村党支部书记"),
            Seat("村委会副主任", "committee"),
            Seat("村文书", "clerk", login="demo-wenshu", takes=True),
        ],
    ),
    Office(
        "supervision",
        "通安驿村村务监督委员会",
        "村里的事都由它看着，听群众的，不替村委会办事。",
        [
            Seat("村务监督委员会主任", "supervisor", login="demo-jianwei"),
            Seat("村务监督委员会委员", "supervisor", takes=True, seats=2),
        ],
    ),
    Office("union", "通安驿村工会", "替务工的人说话。", [Seat("工会主席", "member")]),
    Office("youth", "通安驿村团支部", "年轻人的事。", [Seat("团支部书记", "member")]),
    Office("women", "通安驿村妇女联合会", "妇女和娃娃的事。", [Seat("妇联主席", "helper", takes=True)]),
    Office(
        "council",
        "通安驿村民主协商议事会",
        "接单、商量、盯着办。",
        [
            Seat("议事会召集人", "council", login="demo-yishi"),
            Seat("议事会秘书", "council", same_as="村文书"),
            Seat("议事会成员", "council", seats=5),
        ],
    ),
    Office(
        "mediation",
        "通安驿村人民调解委员会",
        "调解邻里、家里、地界上的纠纷。",
        [
            Seat("调解委员会主任", "mediator", login="demo-tiaojie", takes=True),
            Seat("调解员", "mediator", seats=4),
        ],
    ),
    Office("law_team", "通安驿村普法宣讲队", "进村、进学校、进集市讲法。", [Seat("宣讲队队长", "member")]),
    Office("law_team", "通安驿村老普法队", "2019 年并入宣讲队。", [], opened=date(2014, 5, 1), ended=date(2019, 9, 1)),
    Office(
        "law_service",
        "通安驿村公共法律服务工作室",
        "问法律的事，免费。",
        [
            Seat(
                "法律顾问",
                "legal_adviser",
                outsider="示例律师",
                was=(date(2018, 6, 1), date(2021, 6, 1)),
            )
        ],
    ),
    Office(
        "service",
        "村级服务岗位",
        "水、电、保洁、集市、窗口，各有人管。",
        [
            Seat("村水管员", "helper", login="demo-shuiguan", takes=True),
            Seat("村电管员", "helper", takes=True),
            Seat("保洁组长", "helper", takes=True),
            Seat("市场管理员", "helper", takes=True),
            Seat("便民服务窗口", "helper", takes=True),
            Seat("合作社会计", "accountant", login="demo-kuaiji", takes=True),
        ],
    ),
    Office(
        "township",
        "通安驿镇包村工作组",
        "镇上和村里对接。",
        [Seat("镇包村干部", "township", login="demo-zhen", outsider="示例镇干部")],
    ),
]

# who usually does what, and how people ask for it
USUAL = {
    "water": ("村水管员", "水管坏了、没水了"),
    "light": ("村电管员", "灯不亮、电有问题"),
    "rubbish": ("保洁组长", "垃圾没人拉"),
    "neighbours": ("调解委员会主任", "和邻居有争执"),
    "land_money": ("合作社会计", "地租、分红、补贴"),
    "elders": ("便民服务窗口", "老人的证件、认证、看病"),
}

# 29 places with a code; the walls and the square are counted in metres and pieces
SPOTS = [
    ("村口", 1),
    ("一组井台", 1),
    ("一组巷道", 1),
    ("一组晒场", 2),
    ("二组巷口", 3),
    ("二组碾子", 4),
    ("二组小卖部", 3),
    ("三组老水渠口", 5),
    ("三组麦场", 6),
    ("三组磨坊", 5),
    ("三组大榆树", 6),
    ("四组大坡", 7),
    ("四组梨园", 8),
    ("四组泵房", 7),
    ("学校门口", 8),
    ("五组小桥", 9),
    ("五组堡子", 10),
    ("集市口", 9),
    ("集市东头", 10),
    ("集市西头", 9),
    ("六组水泉", 11),
    ("六组沟口", 12),
    ("六组庙湾", 11),
    ("村卫生室", 1),
    ("车站", 9),
]
ROOMS = [
    ("centre", "党群服务中心", 1, "活动室、文化室、政协协商基地、综治室、便民中心"),
    ("law_room", "公共法律服务室", 1, "法律咨询"),
    ("room", "文化室", 1, "看书、识字班、排练"),
    ("square", "党建文化广场", 3, "跳舞、集会、放电影"),
]
WALLS = [("文化墙东段", 1, 72), ("文化墙西段", 3, 63), ("文化墙南段", 5, 45)]
OLD_WALL = ("老文化墙", 7, 30, date(2021, 4, 1))
