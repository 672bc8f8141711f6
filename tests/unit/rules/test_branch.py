"""The format of a bank branch."""

from __future__ import annotations

import pytest

from kaihu_desktop.core.rules.branch import BRANCH_ADVICE, valid_branch


@pytest.mark.parametrize(
    "text",
    [
        "河南省郑州市示范支行",
        "河南省 郑州市 中国工商银行示范支行",
        "北京市朝阳区样例支行",
        "新疆维吾尔自治区伊犁哈萨克自治州测试分行",
        "广东省深圳市南山区示范路营业部",
        "内蒙古自治区锡林郭勒盟样例支行",
    ],
)
def test_branches_as_asked_for(text: str) -> None:
    assert valid_branch(text)


@pytest.mark.parametrize(
    "text", ["", "示范支行", "河南省示范支行", "郑州市示范支行", "河南省郑州市", "河南省郑州市支行"]
)
def test_branches_that_miss_a_part(text: str) -> None:
    assert not valid_branch(text)


def test_advice_holds_a_branch_that_is_accepted() -> None:
    assert valid_branch(BRANCH_ADVICE.split("例如：")[1])
