"""Makes up persons and bank cards; the same seed makes the same person on every machine.

Check digits are valid and region codes and BINs are real so that the client's rules are exercised;
names, numbers and addresses belong to nobody known to us.
"""

from __future__ import annotations

import datetime
import random

from kaihu_desktop.sandbox.specimens.cards import SpecimenBankCard, SpecimenPerson

# Six-digit code of the region, address up to the county, issuing authority.
REGIONS = (
    ("110105", "北京市朝阳区", "北京市公安局朝阳分局"),
    ("120101", "天津市和平区", "天津市公安局和平分局"),
    ("130102", "河北省石家庄市长安区", "石家庄市公安局长安分局"),
    ("150102", "内蒙古呼和浩特市新城区", "呼和浩特市公安局新城分局"),
    ("210102", "沈阳市和平区", "沈阳市公安局和平分局"),
    ("230103", "哈尔滨市南岗区", "哈尔滨市公安局南岗分局"),
    ("310115", "上海市浦东新区", "上海市公安局浦东分局"),
    ("320106", "南京市鼓楼区", "南京市公安局鼓楼分局"),
    ("330106", "杭州市西湖区", "杭州市公安局西湖分局"),
    ("340103", "合肥市庐阳区", "合肥市公安局庐阳分局"),
    ("350203", "福建省厦门市思明区", "厦门市公安局思明分局"),
    ("371329", "山东省临沭县", "临沭县公安局"),
    ("410105", "河南省郑州市金水区", "郑州市公安局金水分局"),
    ("420106", "武汉市武昌区", "武汉市公安局武昌分局"),
    ("430102", "长沙市芙蓉区", "长沙市公安局芙蓉分局"),
    ("440305", "广东省深圳市南山区", "深圳市公安局南山分局"),
    ("451225", "广西罗城仫佬族自治县", "罗城仫佬族自治县公安局"),
    ("500103", "重庆市渝中区", "重庆市公安局渝中区分局"),
    ("510104", "成都市锦江区", "成都市公安局锦江区分局"),
    ("522601", "贵州省凯里市", "凯里市公安局"),
    ("530102", "昆明市五华区", "昆明市公安局五华分局"),
    ("540102", "拉萨市城关区", "拉萨市公安局城关分局"),
    ("610113", "西安市雁塔区", "西安市公安局雁塔分局"),
    ("650102", "乌鲁木齐市天山区", "乌鲁木齐市公安局天山区分局"),
)
STREETS = (
    "示范路",
    "样例街",
    "测试大道",
    "朝晖巷",
    "梧桐里",
    "东湖西路",
    "滨江中路",
    "建设二村",
    "新华北街",
    "翠竹苑",
)
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
RARE_SURNAMES = ("欧阳", "诸葛", "仝", "逄", "缪", "覃", "佘", "皇甫")
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国志文海燕晓东宇辰梓涵欣怡子轩浩然雨桐诗琪思远"
RARE_GIVEN = "翀旻赟颢祎喆昱玥煜彧睿骞頔堃甡"
MINORITY_NAMES = (
    ("维吾尔", "阿卜杜拉·买买提"),
    ("维吾尔", "古丽娜尔·吐尔逊"),
    ("哈萨克", "叶尔兰·努尔别克"),
    ("藏", "扎西顿珠"),
    ("彝", "阿苏尔布"),
    ("傣", "岩温罕"),
)
PLAIN_MINORITIES = (
    "蒙古",
    "回",
    "苗",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "黎",
    "仫佬",
    "羌",
    "畲",
)
CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
TODAY = datetime.date(2026, 1, 1)  # fixed, so that a seed means the same person for ever
# Bank, BIN and length of its debit cards (the rows are checked against the BIN table by a test).
DEBIT_BINS = (
    ("中国工商银行", "622202", 19),
    ("中国农业银行", "622848", 19),
    ("中国银行", "621661", 19),
    ("中国建设银行", "621700", 19),
    ("交通银行", "622262", 19),
    ("招商银行", "621486", 16),
    ("中国邮政储蓄银行", "621799", 19),
    ("中信银行", "621771", 16),
    ("中国民生银行", "622622", 16),
    ("兴业银行", "622908", 18),
    ("上海浦东发展银行", "622521", 16),
    ("平安银行", "622298", 16),
    ("中国光大银行", "622660", 16),
    ("华夏银行", "622632", 16),
    ("郑州银行", "622421", 19),
)
LATIN_NAMES = ("ZHANG YANGBEN", "LI SHIFAN", "WANG CESHI", "CHEN YANGLI", "ZHAO MOUREN", "OUYANG SHIYANG")


def make_person(seed: int) -> SpecimenPerson:
    """The made-up adult (18 to 80 years old on 2026-01-01) that belongs to `seed`."""
    chance = random.Random(f"person {seed}")
    region, county, authority = chance.choice(REGIONS)
    sex = chance.choice("男女")
    ethnicity, name = _name(chance)
    birth = TODAY - datetime.timedelta(days=chance.randint(18 * 366, 80 * 365))
    order = chance.randrange(1, 500) * 2 - (1 if sex == "男" else 0)
    valid_from, valid_until = _validity(birth, chance)
    return SpecimenPerson(
        name, sex, ethnicity, birth, _address(county, chance), make_id_number(region, birth, order),
        authority, valid_from, valid_until,
    )  # fmt: skip


def make_bank_card(seed: int, bank_name: str | None = None) -> SpecimenBankCard:
    """A made-up debit card with a valid Luhn digit, of `bank_name` (one of DEBIT_BINS) or of any bank."""
    chance = random.Random(f"card {seed} {bank_name or ''}")
    rows = [row for row in DEBIT_BINS if bank_name in (None, row[0])]
    bank, prefix, length = chance.choice(rows)
    body = prefix + "".join(chance.choice("0123456789") for _ in range(length - len(prefix) - 1))
    style = chance.choice(("embossed", "printed"))
    return SpecimenBankCard(bank, body + luhn_digit(body), chance.choice(LATIN_NAMES), style)


def make_id_number(region: str, birth: datetime.date, order: int) -> str:
    """An 18-character number: region (6), birth (8), order (3, odd for men), check character (GB 11643)."""
    body = f"{region}{birth:%Y%m%d}{order:03d}"
    weighted = sum(int(body[place]) * weight for place, weight in enumerate(CHECK_WEIGHTS))
    return body + "10X98765432"[weighted % 11]


def _name(chance: random.Random) -> tuple[str, str]:
    kind = chance.random()
    if kind < 0.08:
        return chance.choice(MINORITY_NAMES)
    surname = chance.choice(RARE_SURNAMES) if kind < 0.18 else chance.choice(SURNAMES)
    given = "".join(chance.sample(GIVEN, chance.choice((1, 2, 2, 2))))
    if chance.random() < 0.2:
        given = given[:-1] + chance.choice(RARE_GIVEN)
    ethnicity = chance.choice(PLAIN_MINORITIES) if chance.random() < 0.3 else "汉"
    return ethnicity, surname + given


def _address(county: str, chance: random.Random) -> str:
    address = f"{county}{chance.choice(STREETS)}{chance.randint(1, 999)}号"
    if chance.random() < 0.7:
        address += f"{chance.randint(1, 38)}号楼{chance.randint(1, 6)}单元"
        address += f"{chance.randint(1, 30)}{chance.randint(1, 4):02d}室"
    return address


def _validity(birth: datetime.date, chance: random.Random) -> tuple[datetime.date, datetime.date | None]:
    """Issued at 18 or later, in the last ten years: 10 years up to 25, 20 up to 45, then 长期."""
    eighteenth = birth.replace(year=birth.year + 18, day=min(birth.day, 28))
    start = max(eighteenth, TODAY - datetime.timedelta(days=chance.randint(30, 9 * 365)))
    age = start.year - birth.year - ((start.month, start.day) < (birth.month, birth.day))
    if age >= 46:
        return start, None
    years = 10 if age <= 25 else 20
    return start, start.replace(
        year=start.year + years, day=min(start.day, 28) if start.month == 2 else start.day
    )


def luhn_digit(body: str) -> str:
    """The check digit of a card number (ISO/IEC 7812-1 annex B) for the digits before it."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)
