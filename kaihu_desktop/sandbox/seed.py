"""The made-up customers of the sandbox, one for each gate and status."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Literal

from kaihu_desktop.sandbox.specimens.cards import SpecimenPerson

CertificateKind = Literal["valid", "expired", "expiring", "not_yet", "revoked", "none"]
Scenario = Literal[
    "fresh", "photos_on_record", "draft_at_bank_cards", "awaiting_review", "rejected", "succeeded", "locked"
]
BOTH = {"8888": ["futures", "asset_management"], "6666": ["futures"]}
FUTURES = {"8888": ["futures"], "6666": ["futures"]}
_day = datetime.date.fromisoformat


@dataclass(frozen=True)
class SeedCustomer:
    """A made-up account holder with everything that is printed on the ID card.

    note: what the customer is there for. cards: (bank code, number, branch) on record.
    certificate: state of the certificate in the backup file, whose password is `password`; expiring: within
    20 days. witnessed: the video witness has passed, so that a certificate may be applied for.
    """

    note: str
    person: SpecimenPerson
    phone: str
    accounts: dict[str, list[str]]
    cards: tuple[tuple[str, str, str], ...]
    certificate: CertificateKind = "valid"
    password: str = "Kaihu-2026"  # noqa: S105 - of made-up persons, shown in the console
    scenario: Scenario = "fresh"
    witnessed: bool = False


def _person(
    name: str,
    sex: str,
    ethnicity: str,
    id_number: str,
    address: str,
    valid_from: str,
    valid_until: str | None,
) -> SpecimenPerson:
    birth = _day(f"{id_number[6:10]}-{id_number[10:12]}-{id_number[12:14]}")
    until = _day(valid_until) if valid_until else None
    return SpecimenPerson(
        name, sex, ethnicity, birth, address, id_number, "样例市公安局示范分局", _day(valid_from), until
    )


_ICBC = ("ICBC", "6222021702000000018", "河南省郑州市示范支行")
_CCB = ("CCB", "6217002430000000019", "河南省郑州市样例支行")
_HOME = "河南省样例市示范区测试路18号院3号楼1单元"

SEED = (
    SeedCustomer(
        "期货账户，一张预留银行卡，有证书文件",
        _person("张样本", "男", "汉", "410101199508130033", f"{_HOME}602室", "2021-08-18", "2041-08-18"),
        "11188883003",
        BOTH,
        (_ICBC,),
    ),
    SeedCustomer(
        "预留了身份证和签名照片",
        _person("李示范", "女", "汉", "410101198803041020", f"{_HOME}801室", "2018-06-01", "2038-06-01"),
        "11188880002",
        BOTH,
        (_ICBC, _CCB),
        scenario="photos_on_record",
    ),
    SeedCustomer(
        "有未完成的业务：停在银行卡一步，照片已通过",
        _person("王在途", "男", "汉", "410101198601295030", f"{_HOME}403室", "2016-09-09", "2036-09-09"),
        "11188880003",
        FUTURES,
        (_ICBC,),
        scenario="draft_at_bank_cards",
    ),
    SeedCustomer(
        "有待复核的业务",
        _person("赵待核", "女", "满", "410101199911056048", f"{_HOME}704室", "2024-01-08", "2034-01-08"),
        "11188880004",
        FUTURES,
        (_ICBC,),
        scenario="awaiting_review",
    ),
    SeedCustomer(
        "有被驳回的业务：银行卡照片反光",
        _person("孙驳回", "男", "汉", "410101197004087052", f"{_HOME}205室", "2016-04-20", None),
        "11188880005",
        FUTURES,
        (_ICBC,),
        scenario="rejected",
    ),
    SeedCustomer(
        "身份证已过期",
        _person("周过期", "男", "回", "410101197909223012", f"{_HOME}106室", "2005-05-05", "2025-05-05"),
        "11188880006",
        FUTURES,
        (_ICBC,),
    ),
    SeedCustomer(
        "未满 18 周岁",
        _person("吴少年", "女", "汉", "410101201005120044", f"{_HOME}307室", "2024-07-01", "2029-07-01"),
        "11188880007",
        FUTURES,
        (),
        certificate="none",
    ),
    SeedCustomer(
        "错误次数过多，已锁定",
        _person("郑锁定", "女", "汉", "410101198307258060", f"{_HOME}508室", "2019-02-02", "2039-02-02"),
        "11188880008",
        FUTURES,
        (_ICBC,),
        scenario="locked",
    ),
    SeedCustomer(
        "数字证书已吊销",
        _person("冯吊销", "男", "壮", "410101199602149072", f"{_HOME}909室", "2022-02-14", "2042-02-14"),
        "11188880009",
        FUTURES,
        (_ICBC,),
        certificate="revoked",
    ),
    SeedCustomer(
        "数字证书已过期",
        _person("陈旧证", "女", "汉", "410101197410191082", f"{_HOME}110室", "2010-10-10", "2030-10-10"),
        "11188880010",
        FUTURES,
        (_ICBC,),
        certificate="expired",
    ),
    SeedCustomer(
        "数字证书尚未生效",
        _person("褚未至", "男", "汉", "410101199001010112", f"{_HOME}211室", "2020-01-02", "2040-01-02"),
        "11188880011",
        FUTURES,
        (_ICBC,),
        certificate="not_yet",
    ),
    SeedCustomer(
        "二十字姓名，含间隔点和生僻字",
        _person(
            "阿卜杜热西提·麦麦提吐尔逊江·龑翀赟喆堃",
            "男",
            "维吾尔",
            "410101198505051554",
            "新疆样例市示范区阿克苏测试大道一百二十三号样例花园二期7号楼2单元1102室",
            "2015-08-08",
            "2035-08-08",
        ),
        "11188880012",
        BOTH,
        (_CCB,),
    ),
    SeedCustomer(
        "见证已通过，没有证书（在线申请证书，两家公司的要求不同）",
        _person("卫见证", "男", "汉", "410101199203152012", f"{_HOME}312室", "2022-03-15", "2042-03-15"),
        "11188880013",
        FUTURES,
        (_ICBC,),
        certificate="none",
        witnessed=True,
    ),
    SeedCustomer(
        "见证已通过，没有证书，预留了身份证和签名照片",
        _person("蒋新申", "女", "汉", "410101198407221062", f"{_HOME}413室", "2019-07-22", "2039-07-22"),
        "11188880014",
        FUTURES,
        (_CCB,),
        certificate="none",
        scenario="photos_on_record",
        witnessed=True,
    ),
    SeedCustomer(
        "有办理成功的业务和已签署的协议（协议下载）",
        _person("沈已签", "男", "汉", "410101198911305011", f"{_HOME}514室", "2021-11-30", "2041-11-30"),
        "11188880015",
        FUTURES,
        (_ICBC,),
        scenario="succeeded",
    ),
    SeedCustomer(
        "数字证书 20 天内到期（续期）",
        _person("韩将至", "女", "汉", "410101199801092021", f"{_HOME}615室", "2023-01-09", "2033-01-09"),
        "11188880016",
        FUTURES,
        (_ICBC,),
        certificate="expiring",
    ),
)
BY_ID_NUMBER = {customer.person.id_number: customer for customer in SEED}
