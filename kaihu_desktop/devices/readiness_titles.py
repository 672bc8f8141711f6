"""The readiness checks by name: what the window shows before any of them has been loaded."""

from __future__ import annotations

#: (id, title) of each, in the order in which a person would look.
TITLES = (
    ("camera", "摄像头"),
    ("microphone", "麦克风"),
    ("speaker", "扬声器"),
    ("network", "网络和服务器"),
    ("bandwidth", "网络带宽"),
    ("clock", "日期和时间"),
    ("certificates", "数字证书"),
    ("keyring", "系统密钥保管"),
    ("disk", "磁盘空间"),
    ("folder", "数据文件夹"),
    ("system", "操作系统"),
    ("models", "文字识别组件"),
    ("versions", "版本"),
)
