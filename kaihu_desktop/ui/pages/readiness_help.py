"""怎么办: why something on this PC doesn't work, and what to do, step by step. By failure code.

From questions 3, 4 and 18 of the company's FAQ (camera in use by QQ, permission to open it, 1 Mbit/s,
viruses, security software), without what went with the web page of old: Flash, security controls, Internet
Explorer.
"""

from __future__ import annotations

from typing import Mapping, Sequence

from kaihu_desktop.core.model.readiness import Finding

AGAIN = "完成后点“重新检测”"
DRIVER = "右键“开始”按钮，打开“设备管理器”，看看{device}有没有黄色叹号；有的话重新安装驱动程序"
HOTLINE = "仍不行请点“导出诊断信息”，把文件发给客服"

#: Code: (cause, steps).
HELP: Mapping[str, tuple[str, Sequence[str]]] = {
    "NET-OFFLINE": (
        "网络断开，或者防火墙、安全软件拦截了本程序",
        (
            "检查网线或无线网络，用浏览器打开任意网页，确认能上网",
            "退出 360、金山毒霸、电脑管家等会拦截网络的软件，或把本程序加入它们的信任列表",
            "在单位办理的，请联系网络管理员放行，或换成手机热点",
            AGAIN,
        ),
    ),
    "NET-TIMEOUT": (
        "网络太慢，或者服务器正忙；办理需要 1 Mbps 以上的带宽",
        ("暂停下载和在线视频", "离路由器近一些，或改用网线、手机热点", f"过几分钟{AGAIN[3:]}"),
    ),
    "NET-INTERRUPTED": (
        "网络不稳定，连接中途断开",
        ("离路由器近一些，或改用网线", "退出代理和加速软件", AGAIN),
    ),
    "NET-TLS": (
        "电脑的日期不对，或者有软件拦截了加密连接",
        (
            "右键任务栏的时间 → 调整日期和时间 → 打开“自动设置时间”",
            "退出会检查网络流量的安全软件",
            "不要在陌生的公共无线网络上办理，换一个网络",
            AGAIN,
        ),
    ),
    "NET-PROXY": (
        "电脑设置了网络代理，代理需要验证或不可用",
        (
            "打开系统设置 → 网络和 Internet → 代理，关闭不用的代理",
            "在单位办理的，请向网络管理员确认代理设置",
            AGAIN,
        ),
    ),
    "NET-INSECURE": ("服务器地址不是 https 开头", ("请联系期货公司核对服务器地址", HOTLINE)),
    "NET-NO-ADDRESS": (
        "安装包里没有期货公司的服务器地址",
        ("请从期货公司的网站重新下载安装包并安装", "由管理员安装的，请管理员检查策略中的服务器地址"),
    ),
    "NET-BAD-ANSWER": (
        "连上的不是期货公司的服务器，常见于需要网页登录的公共无线网络",
        ("用浏览器打开任意网页，完成无线网络的登录", "退出代理和加速软件", AGAIN),
    ),
    "NET-SLOW": (
        "网速不够，视频见证需要 1 Mbps 以上的带宽",
        (
            "暂停下载和在线视频",
            "离路由器近一些，或改用网线、手机热点",
            "用安全软件查一次病毒和木马，它们也会占用网络",
            AGAIN,
        ),
    ),
    "SERVER-ERROR": ("期货公司的服务器暂时出错", (f"过几分钟{AGAIN[3:]}", HOTLINE)),
    "SERVER-BUSY": ("当前办理的人较多", (f"过几分钟{AGAIN[3:]}",)),
    "CAM-NONE": (
        "没有插摄像头，或者驱动程序没有装好",
        (
            "插好摄像头，换一个 USB 接口试试；插好后会自动检测",
            "笔记本请打开摄像头的开关或遮挡盖，有的在侧面，有的是 F 键",
            DRIVER.format(device="摄像头"),
            "没有摄像头也可以办理：上传照片时点“选择文件”",
        ),
    ),
    "CAM-BUSY": (
        "摄像头正被其他软件使用",
        (
            "关闭 QQ、微信、钉钉、腾讯会议等正在使用摄像头的软件，浏览器里的视频网页也要关闭",
            "拔下摄像头，等几秒再插上",
            "仍不行请重新启动电脑",
            AGAIN,
        ),
    ),
    "CAM-DENIED": (
        "系统的隐私设置或安全软件不允许使用摄像头",
        (
            "Windows 11：设置 → 隐私和安全性 → 摄像头；Windows 10：设置 → 隐私 → 相机",
            "打开“允许桌面应用访问摄像头（相机）”",
            "安全软件弹出提示时选择“允许”；在它的隐私保护里把本程序设为信任",
            AGAIN,
        ),
    ),
    "CAM-LOST": (
        "摄像头被拔下，或者接触不良",
        ("重新插好摄像头，换一个 USB 接口，不用延长线", "插好后会自动检测"),
    ),
    "CAM-STALLED": (
        "摄像头打开了，但没有画面传来",
        (
            "拔下摄像头，等几秒再插上，最好插在机箱背面",
            "关闭其他使用摄像头的软件",
            DRIVER.format(device="摄像头"),
            AGAIN,
        ),
    ),
    "CAM-FROZEN": (
        "画面停住不动，常见于驱动程序或虚拟摄像头软件出错",
        ("拔下摄像头，等几秒再插上", "退出虚拟摄像头、美颜软件", "有多个摄像头的，点“换一个”", AGAIN),
    ),
    "CAM-BLACK": (
        "镜头被挡住，或者摄像头被系统关闭",
        (
            "打开镜头盖或滑动遮挡片，看看有没有贴纸",
            "笔记本按一下摄像头开关键（F 键上有摄像头图标）",
            "打开灯，再看右边的画面",
            "有多个摄像头的，点“换一个”",
        ),
    ),
    "MIC-NONE": (
        "没有插麦克风，或者驱动程序没有装好",
        (
            "插好耳机或麦克风；插好后会自动检测",
            "耳机插在粉红色或有话筒图标的插孔",
            DRIVER.format(device="声音设备"),
        ),
    ),
    "MIC-BUSY": (
        "麦克风正被其他软件独占",
        ("结束正在进行的语音或视频通话", "关闭录音、直播软件", AGAIN),
    ),
    "MIC-DENIED": (
        "系统的隐私设置或安全软件不允许使用麦克风",
        (
            "Windows 11：设置 → 隐私和安全性 → 麦克风；Windows 10：设置 → 隐私 → 麦克风",
            "打开“允许桌面应用访问麦克风”",
            "安全软件弹出提示时选择“允许”",
            AGAIN,
        ),
    ),
    "MIC-MUTED": (
        "麦克风被静音、音量太小，或者选错了设备",
        (
            "看耳机线上的静音键，笔记本看键盘上的麦克风键",
            "右键任务栏喇叭 → 声音设置 → 输入，选择正在使用的麦克风，音量调到 80 左右",
            "点“换一个”，选择另一个麦克风",
            "关闭正在通话的软件，再说一句话",
        ),
    ),
    "MIC-LOST": ("麦克风被拔下，或者接触不良", ("重新插好耳机或麦克风", "插好后会自动检测")),
    "MIC-STALLED": (
        "麦克风打开了，但没有声音数据传来",
        ("拔下耳机或麦克风，等几秒再插上", "蓝牙耳机请重新连接，或改用有线耳机", AGAIN),
    ),
    "SPK-NONE": (
        "没有插耳机或音箱，或者驱动程序没有装好",
        ("插好耳机或音箱；插好后会自动检测", DRIVER.format(device="声音设备")),
    ),
    "SPK-BUSY": (
        "扬声器正被其他软件独占",
        ("关闭正在播放声音的软件和正在进行的通话", AGAIN),
    ),
    "SPK-LOST": ("耳机或音箱被拔下，或者接触不良", ("重新插好耳机或音箱", "插好后会自动检测")),
    "SPK-STALLED": (
        "扬声器打开了，但声音放不出去，常见于驱动程序出错或蓝牙耳机掉线",
        (
            "拔下耳机或音箱，等几秒再插上",
            "蓝牙耳机请重新连接，或改用有线耳机",
            DRIVER.format(device="声音设备"),
            AGAIN,
        ),
    ),
    "SPK-SILENT": (
        "声音被静音，或者从另一个设备放出",
        (
            "点任务栏喇叭，把音量调到 50 以上，取消静音",
            "点“换一个”，选择正在使用的耳机或音箱",
            "看看耳机线上的音量轮、音箱的电源",
            "再点“再放一次”",
        ),
    ),
    "CERT-STORE": (
        "读不到保存证书的文件夹，可能是权限不够或磁盘已满",
        ("清理磁盘，留出 1 GB 以上", "请用平时登录电脑的用户打开本程序", HOTLINE),
    ),
    "CERT-DAMAGED": (
        "保存的证书文件已损坏，其他证书不受影响",
        ("办理到“证书检测”时，用以前备份的 .pfx 或 .p12 文件重新导入", "没有备份的，请联系期货公司重新申领"),
    ),
    "PC-KEYRING": (
        "系统的密钥保管功能没有打开",
        (
            "本次仍可以办理，但草稿和证书不会保存在这台电脑上，请一次办完",
            "Windows：在“服务”中确认 Credential Manager 已启动",
            "Linux：安装并解锁“密码和密钥”（gnome-keyring）",
        ),
    ),
    "PC-DISK": (
        "磁盘快满了，或者没有权限写入",
        ("清空回收站，删除不用的文件，留出 1 GB 以上", "请用平时登录电脑的用户打开本程序", AGAIN),
    ),
    "PC-CLOCK": (
        "电脑的日期或时间不准，签名的时间会不正确",
        ("右键任务栏的时间 → 调整日期和时间 → 打开“自动设置时间”", "点“立即同步”", AGAIN),
    ),
    "PC-SYSTEM": (
        "操作系统太旧，缺少本程序需要的功能",
        ("升级到 Windows 7 SP1、Windows 10 1809 或更新的版本，并安装系统更新", "或换一台电脑办理"),
    ),
    "OCR-ENGINE": (
        "文字识别组件没有安装完整",
        ("可以继续办理，证件上的内容需要手动填写", "要恢复自动识别，请重新安装本程序"),
    ),
    "PC-INTERNAL": ("程序遇到意外问题", ("关闭本程序再打开", HOTLINE)),
}

#: What one has to do without while a check fails; stands on the button that goes on all the same.
WITHOUT: Mapping[str, str] = {
    "camera": "只能选择照片文件",
    "microphone": "无法视频见证",
    "speaker": "无法视频见证",
    "network": "无法办理",
    "disk": "无法办理",
    "folder": "无法办理",
    "certificates": "无法签署",
}


def help_for(finding: Finding) -> tuple[str, Sequence[str]]:
    """Cause and steps for what a check found; without steps there is nothing to mend."""
    known = HELP.get(finding.code or "")
    if len(finding.reasons) > 1 or (finding.reasons and not known):
        return "", tuple(f"{one.text}。{one.remedy}（代码 {one.code}）" for one in finding.reasons)
    if known:
        return known
    return "", ((finding.remedy,) if finding.remedy else ())
