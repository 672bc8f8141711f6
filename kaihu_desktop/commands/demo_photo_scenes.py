"""The scenes of the tour in which photos are taken: bad ones first, then both sides and the signature."""

from __future__ import annotations

from kaihu_desktop.commands.demo_actions import Action, click, see, see_card, see_text_with
from kaihu_desktop.commands.demo_world import DemoWorld
from kaihu_desktop.ui.tour.driver import Driver, NotThere
from kaihu_desktop.ui.tour.player import Scene

WRONG = "▲"  # stands on the chip of a check that fails


def photos(world: DemoWorld) -> list[Scene]:
    """The whole step, from the first bad picture to the accepted 责任书."""
    return [*_bad_pictures(world), *_portrait(world), *_other_photos(world)]


def _show(world: DemoWorld, scene: str) -> Action:
    return lambda _: world.camera_shows(scene)


def _bad_pictures(world: DemoWorld) -> list[Scene]:
    def told(scene: str, flag: str) -> list[Action]:
        return [_show(world, scene), see_text_with(f"photos.capture.check.{flag}", WRONG)]

    begin = [
        _show(world, "empty"),
        click("business_choice.settlement-account"),
        see("photos.capture.picture"),
        see("photos.capture.shutter"),
    ]
    return [
        Scene("photos-glare", "提示：反光", [*begin, *told("id_portrait_glare", "glare")]),
        Scene("photos-far", "提示：太远", told("id_portrait_far", "too_far")),
        Scene(
            "photos-low-contrast", "提示：背景与证件相近", told("id_portrait_low_contrast", "low_contrast")
        ),
        Scene("photos-copy", "提示：不是原件", told("id_portrait_copy", "copy")),
        Scene("photos-other-side", "提示：拍错了面", told("id_emblem", "other_side")),
        Scene("photos-rules", "拍照规范", [click("photos.capture.rules"), see("dialog.accept")]),
    ]


def _portrait(world: DemoWorld) -> list[Scene]:
    return [
        Scene(
            "photos-live",
            "拍摄身份证人像面",
            [
                _show(world, "id_portrait"),
                _Frames(20),  # while the rules are still open nothing is taken
                click("dialog.accept"),
                see_card("photos.capture"),
            ],
            fleeting=True,
        ),
        Scene("photos-portrait", "核对人像面", [see("photos.confirm"), see("shell.next")]),
        Scene("photos-compare", "对照原图", [click("photos.confirm.compare"), see("dialog.accept")]),
        Scene(
            "photos-corners",
            "调整裁剪",
            [click("dialog.accept"), click("photos.confirm.adjust"), see("photos.corners.canvas")],
        ),
    ]


class _Frames:
    """An action that waits until the live picture has shown so many frames more."""

    def __init__(self, count: int) -> None:
        self._count = count
        self._until: int | None = None

    def __call__(self, driver: Driver) -> None:
        view = getattr(driver.widget("photos.capture.picture"), "view", None)
        if view is None:
            raise NotThere("a frame")
        self._until = view.number + self._count if self._until is None else self._until
        if view.number < self._until:
            raise NotThere("another frame")


def _other_photos(world: DemoWorld) -> list[Scene]:
    return [
        Scene(
            "photos-emblem-live",
            "拍摄身份证国徽面",
            [
                click("photos.corners.cancel"),
                see("photos.confirm"),
                click("shell.next"),
                _show(world, "id_emblem"),
                see_card("photos.capture"),
            ],
            fleeting=True,
        ),
        Scene("photos-emblem", "核对国徽面", [see("photos.confirm"), see("shell.next")]),
        Scene(
            "photos-signature",
            "拍摄签名",
            [click("shell.next"), see("photos.capture.shutter"), _show(world, "signature")],
        ),
        Scene(
            "photos-responsibility",
            "数字证书安全责任书",
            [click("photos.capture.shutter"), click("photos.responsibility.open"), see("dialog.document")],
        ),
        Scene("photos-done", "照片完成", [_read_document, click("dialog.accept"), see("shell.next")]),
    ]


def _read_document(driver: Driver) -> None:
    if not driver.widget("dialog.accept").isEnabled():
        driver.scroll_page("dialog.document")
        raise NotThere("the document is not read")
