"""Command-line options of the sandbox; plain enough to be read on every Python of the client."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

AUTO_REVIEWS = ("off", "approve", "reject-then-approve")
STEPS = ("photos", "bank_cards", "certificate_check", "sign")


@dataclass(frozen=True)
class Options:
    """How one sandbox runs.

    data: folder that holds all of its state. port: 0 takes a free one.
    token_seconds: life of an access token.
    auto_review: what the automatic reviewer does, `review_delay` seconds after submission.
    reject_step: the step that ``reject-then-approve`` rejects once.
    """

    data: Path
    port: int = 0
    token_seconds: int = 300
    auto_review: str = "off"
    review_delay: float = 2.0
    reject_step: str = "bank_cards"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options of a running sandbox to `parser`."""
    parser.add_argument("--port", type=int, default=0, help="端口，0 表示任选一个空闲端口")
    parser.add_argument("--data", type=Path, required=True, help="保存全部数据的文件夹")
    parser.add_argument("--token-seconds", type=int, default=300, help="访问令牌的有效秒数")
    parser.add_argument("--auto-review", choices=AUTO_REVIEWS, default="off", help="自动复核")
    parser.add_argument("--review-delay", type=float, default=2.0, help="提交后多少秒自动复核")
    parser.add_argument("--reject-step", choices=STEPS, default="bank_cards", help="自动驳回哪一步")


def from_arguments(args: argparse.Namespace) -> Options:
    """The options that `add_arguments` parsed."""
    return Options(
        data=args.data,
        port=args.port,
        token_seconds=args.token_seconds,
        auto_review=args.auto_review,
        review_delay=args.review_delay,
        reject_step=args.reject_step,
    )
