"""Secrets don't show themselves; failures always say what happened and what to do."""

from __future__ import annotations

import copy
import json
import pickle

import pytest

from kaihu_desktop.core.failure import KINDS, Failure, Retry
from kaihu_desktop.core.secret import Secret


def test_a_secret_prints_as_dots_everywhere() -> None:
    secret = Secret("Kaihu-2026")
    assert "Kaihu" not in f"{secret} {secret!r} {secret:>20} {[secret]} { ({'p': secret}) }"
    assert secret.reveal() == b"Kaihu-2026"
    assert secret.reveal_text() == "Kaihu-2026"


@pytest.mark.parametrize("leak", [copy.copy, copy.deepcopy, pickle.dumps, json.dumps])
def test_a_secret_can_not_be_copied_or_written(leak: object) -> None:
    with pytest.raises(TypeError):
        leak(Secret("x"))  # type: ignore[operator]


def test_a_wiped_secret_is_empty() -> None:
    secret = Secret("x")
    secret.wipe()
    assert not secret
    assert secret.reveal() == b""


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_failure_has_a_text_a_remedy_and_says_what_may_be_repeated(code: str) -> None:
    failure = Failure(code)
    assert failure.code == code
    assert any("\u4e00" <= letter <= "\u9fff" for letter in failure.text)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in failure.remedy)
    assert isinstance(failure.retry, Retry)


def test_a_code_that_only_the_backend_knows_is_shown_with_its_own_text() -> None:
    failure = Failure("COMPANY-SPECIAL", "请先到营业部")
    assert (failure.code, failure.text) == ("COMPANY-SPECIAL", "请先到营业部")
    assert failure.remedy == KINDS["SERVER-REFUSED"].remedy


def test_the_text_of_a_failure_never_stands_in_its_exception_message() -> None:
    assert str(Failure("CERT-OTHER-PERSON", "张样本的证书")) == "CERT-OTHER-PERSON"
