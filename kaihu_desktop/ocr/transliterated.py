"""Names of Uyghurs, Kazakhs, Tibetans, Mongolians and Yi in Han characters: which of the look-alikes is used.

Such names are written with some hundred characters that stand for sounds, in combinations that come back. The
parts below are common ones, put down from general knowledge; a name needn't be made of them.
"""

from __future__ import annotations

import math
from typing import Sequence

from kaihu_desktop.core.rules.names import SEPARATOR, SEPARATOR_LOOKALIKES
from kaihu_desktop.ocr.engine import Character

# Natural logarithms of probabilities.
UNUSUAL = -4.5  # of a character that isn't among those below
USUAL_PAIR = 5.0  # of two characters that follow each other in one of the parts
STAYS = 1.0  # of what was read
SHORTEST = 4  # characters of a name without separator
_GROUPS = "维吾尔 哈萨克 柯尔克孜 乌孜别克 塔吉克 塔塔尔 藏 蒙古 彝 门巴 珞巴 达斡尔 鄂温克 裕固"
GROUPS = frozenset(_GROUPS.split())
_DOTS = SEPARATOR + SEPARATOR_LOOKALIKES + "-"  # the dot is so faint that it is read as any of these

_PARTS = (
    # Turkic and Persian
    "阿布都 阿卜杜 阿不都 阿布力克木 阿卜杜拉 阿卜力米提 阿布来提 阿布都拉 阿不力孜 "
    "阿迪力 阿地力 阿里木 阿力木 阿依古丽 阿依努尔 阿依夏木 阿衣古力 阿曼古丽 "
    "阿娜尔古丽 阿米娜 阿孜古丽 阿瓦古丽 阿扎提 阿巴斯 阿合买提 阿吾提 阿尔肯 阿尔曼 "
    "阿依提拉 阿塔吾拉 艾力 艾合买提 艾克拜尔 艾买提 艾山 艾尼瓦尔 艾孜孜 艾则孜 "
    "艾斯卡尔 艾尔肯 艾提 安尼瓦尔 巴哈尔古丽 巴图尔 巴合提 巴合提古丽 拜合提亚尔 "
    "白克力 比拉力 毕力克孜 布海丽且姆 布威海丽其姆 布维阿依夏木 布威帕提曼 布再乃普 "
    "达吾提 达尼亚尔 迪力夏提 迪丽努尔 迪丽娜尔 地里木拉提 多里坤 多力坤 尔肯 法蒂玛 "
    "古丽娜尔 古丽巴哈尔 古丽米热 古丽扎 古丽仙 古海尔 哈力木拉提 哈力克 哈里丹 哈斯木 "
    "哈丽旦 哈丽玛 海热提 海丽且姆 海米提 霍加 加马力 加娜尔 加娜提 加帕尔 吉力力 "
    "卡德尔 卡米力 卡哈尔曼 喀迪尔 凯丽比努尔 克里木 克热木 克然木 库尔班 库尔班江 "
    "库万别克 拉扎提 拉提甫 赖孜亚 马木提 马合木提 麦麦提 麦合木提 麦提图尔荪 买买提 "
    "买买提明 买合木提 买提尼牙孜 曼苏尔 米热古丽 米吉提 米尔扎提 米娜瓦尔 木沙 "
    "木合塔尔 木拉提 木塔力甫 木萨 穆太力普 穆合塔尔 穆萨 乃斯如拉 乃比江 尼加提 "
    "尼亚孜 尼牙孜 努尔 努尔古丽 努尔兰 努尔买买提 努尔别克 努尔艾力 努尔加玛丽 "
    "努热曼古丽 帕夏古丽 帕提古丽 帕提曼 帕尔哈提 帕孜来提 排孜拉 普拉提 热合曼 热合木 "
    "热依木 热依汗古丽 热西提 热比古丽 热孜万古丽 热娜 如则 如孜 肉孜 肉孜买买提 "
    "若鲜古丽 赛买提 赛力克 赛迪艾合买提 赛皮丁 色买提 沙吾提 沙塔尔 沙依提 萨吾提 "
    "萨拉买提 萨伊普 萨力江 司马义 司马依 苏莱曼 苏力坦 塔依尔 塔吉古丽 塔西普拉提 "
    "塔瓦库力 托合提 托合尼牙孜 托乎提 托列吾 吐尔逊 吐尔逊江 吐尔洪 吐尔地 吐拉洪 "
    "图尔荪 图尔迪 图尔贡 铁木尔 瓦力斯 外力 乌买尔 乌斯曼 吾买尔 吾布力 吾斯曼 "
    "吾甫尔 吾守尔 吾拉木 西尔艾力 夏木西努尔 夏依买尔旦 谢姆西努尔 谢依甫 亚森 亚库普 "
    "亚合甫 亚力坤 牙生 牙合甫 叶尔肯 叶尔兰 叶尔波力 叶尔江 依明 依布拉音 依马木 "
    "依力亚斯 依沙克 依干拜尔迪 伊明 伊力哈木 伊敏 伊斯马伊力 伊卜拉伊木 伊玛木 亚克甫 "
    "玉素甫 玉苏普 玉山 玉努斯 约麦尔 孜乃提 祖丽皮亚 祖农 祖姆热提 再努尔 再娜甫 "
    "再同古丽 扎克尔 扎依尔 则比布拉 朱马 朱马别克 居马 居马洪 居麦 江阿古丽 加依娜 "
    "别克 别克波拉提 拜山 波拉提 达列力 胡马尔 胡安德克 哈那提 哈依沙 杰恩斯 金恩斯 "
    "库拉西 马哈提 木哈买提 沙拉木 托肯 叶斯哈提 古丽孜拉 古丽加娜提 阿依波力 阿斯哈尔 "
    "迪达尔 赛尔江 坎曼尔 卡哈尔 提拉 汗 江 坤 娅 "
    # Tibetan
    "扎西 索朗 索南 次仁 次旺 次成 顿珠 多吉 旺堆 旺姆 旺扎 洛桑 罗布 白玛 卓玛 "
    "央金 央宗 拉姆 达瓦 尼玛 巴桑 米玛 格桑 格列 贡布 贡嘎 仁青 仁增 德吉 德庆 "
    "平措 强巴 丹增 旦增 土登 图登 阿旺 边巴 普布 拉巴 拉珍 曲珍 曲扎 措姆 嘎玛 "
    "益西 云丹 斯郎 泽仁 泽郎 四郎 西绕 江白 加措 嘉措 坚赞 坚参 群培 桑珠 桑杰 "
    "诺布 伦珠 赤列 欧珠 久美 晋美 才让 才旦 完么 华旦 拉毛 卓嘎 玉珍 仓决 益珍 "
    # Mongolian and Daur
    "巴特尔 巴图 巴雅尔 巴音 乌云 乌云其木格 乌兰 乌日娜 乌力吉 其木格 其其格 高娃 "
    "格日勒 斯琴 斯钦 苏日娜 苏和 苏雅拉 图雅 萨仁 萨如拉 娜仁 娜日苏 那顺 那仁 "
    "那木拉 呼和 哈斯 哈森 宝音 布和 朝鲁 朝克图 达来 额尔德木图 额尔敦 恩和 敖特根 "
    "敖登 敖日格乐 阿拉坦 阿拉腾 阿古拉 毕力格 白音 道尔吉 德力格尔 吉日嘎拉 吉雅 "
    "满都拉 孟和 孟克 莫日根 牧仁 青格勒 伊拉塔 伊德日 照日格图 扎木苏 特木尔 陶格陶 "
    "锡林 查干 "
    # Yi
    "阿苏 阿牛 阿木 阿尔 阿呷 阿各 吉克 吉木 吉伍 吉子 沙马 马海 马黑 木呷 木果 "
    "木乃 尔布 尔哈 尔古 尔质 尔曲 日呷 日哈 日木 伍呷 伍果 伍牛 伍各 五呷 拉日 "
    "拉铁 拉则 依古 依布 依火 曲比 曲木 惹 石布 史布 比曲 比布 色布 什古 "
    "罗洪 勒伍 莫色 的日 且沙 支铁 节列 布都 布哈 子古 子布 衣扎 作 古 约布 里古 "
    "克古 海来 乃古 阿库 阿罗 "
)
_WORDS = _PARTS.split()
CHARACTERS = frozenset("".join(_WORDS)) | {SEPARATOR}
_PAIRS = frozenset(word[at : at + 2] for word in _WORDS for at in range(len(word) - 1))


def is_transliterated(name: str, ethnicity: str) -> bool:
    """Whether a name, or what was read of it, is of this kind."""
    return SEPARATOR in name or (len(name) >= SHORTEST and ethnicity in GROUPS)


def likeliest_name(read: Sequence[Character]) -> str:
    """The likeliest name of as many characters, in the order of what was read (Viterbi's algorithm)."""
    ways = {"": (0.0, "")}
    for character in read:
        options = _options(character)
        ways = {
            text: max((worth + _pair(last + text), way + text) for last, (worth, way) in ways.items())
            for text in options
        }
        ways = {text: (worth + options[text], way) for text, (worth, way) in ways.items()}
    return max(ways.values())[1]


def _options(read: Character) -> dict[str, float]:
    """What may be written in one place and its likelihood; rivals only from the characters of such names."""
    if read.text in _DOTS:
        return {SEPARATOR: math.log(max(read.probability, 1e-6))}
    options = {
        text: math.log(max(probability, 1e-6))
        for text, probability in read.rivals
        if text in CHARACTERS and text != SEPARATOR
    }
    usual = 0.0 if read.text in CHARACTERS else UNUSUAL
    return {**options, read.text: math.log(max(read.probability, 1e-6)) + usual + STAYS}


def _pair(two: str) -> float:
    return USUAL_PAIR if two in _PAIRS else 0.0
