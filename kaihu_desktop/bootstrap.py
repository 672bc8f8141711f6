"""The composition root: the only module that sees every room and joins them.

Heavy parts are imported where they are made, so that the window is there before them.
"""

from __future__ import annotations

import json
import logging
import sys
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kaihu_desktop import __version__
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.core.secret import Secret
from kaihu_desktop.resources import resource
from kaihu_desktop.settings import Settings, load_settings

if TYPE_CHECKING:
    from kaihu_desktop.certificates.device_secret import DeviceSecrets
    from kaihu_desktop.core.flow.certificate_diagnosis import Diagnosis
    from kaihu_desktop.core.model.certificate import CertificateStore, PdfVerification
    from kaihu_desktop.core.ports import (
        AudioDirectory,
        Backend,
        CameraDirectory,
        CardReader,
        Journal,
        Readiness,
        WindowsCertificates,
    )
    from kaihu_desktop.core.rules.bank_bin import BinTable
    from kaihu_desktop.ui.navigator import Ports

log = logging.getLogger(__name__)

#: Packages, by module, whose versions explain most differences between two PCs.
PACKAGES = {
    "cv2": "opencv-python-headless",
    "onnxruntime": "onnxruntime",
    "numpy": "numpy",
    "cryptography": "cryptography",
    "pyhanko": "pyHanko",
    "pypdfium2": "pypdfium2",
    "requests": "requests",
    "pyaudio": "PyAudio",
    "qtpy": "QtPy",
}


@lru_cache(maxsize=1)
def settings() -> Settings:
    """What is remembered on this PC."""
    return load_settings()


@lru_cache(maxsize=1)
def certificate_store() -> CertificateStore:
    """The certificates of this user; in memory only, where the PC has no keyring."""
    from kaihu_desktop.certificates.store import open_store

    return open_store(settings().data_dir / "certificates", _device_key("certificates"))


@lru_cache(maxsize=1)
def windows_certificates() -> WindowsCertificates | None:
    """Windows' own certificate stores; None on other systems."""
    if sys.platform != "win32":
        return None
    from kaihu_desktop.certificates.windows_store import WindowsStore

    return WindowsStore()


def check_signatures(document: bytes, trust_anchors: bytes) -> PdfVerification:
    """See `certificates.pdf_verification.verify_pdf`, which is loaded with the first document."""
    from kaihu_desktop.certificates.pdf_verification import verify_pdf

    return verify_pdf(document, trust_anchors)


@lru_cache(maxsize=1)
def journal() -> Journal:
    """The drafts of this user; in memory only, where the PC has no keyring."""
    from kaihu_desktop.backend.journal import FileJournal, MemoryJournal

    key = _device_key("journal")
    return MemoryJournal() if key is None else FileJournal(settings().data_dir / "drafts", key)


def card_reader(engine: str = "") -> CardReader:
    """Reads cards with this engine, else with that of the settings; loads its networks at the first card."""
    return _card_reader(engine or _ocr_engine())


@lru_cache(maxsize=1)
def card_reader_process() -> CardReader:
    """The same in a process of its own, for the window."""
    from kaihu_desktop.devices.card_reader_process import CardReaderProcess

    return CardReaderProcess(_ocr_engine)


def _ocr_engine() -> str:
    """The engine of the settings, if it is installed."""
    chosen, installed = settings().ocr_engine, ocr_engines()
    return chosen if chosen in installed else installed[0]


def ocr_engines() -> tuple[str, ...]:
    """The OCR engines that are installed, as the settings name them, the default first."""
    return ("onnx", "paddleocr") if find_spec("paddleocr") else ("onnx",)


@lru_cache(maxsize=1)  # not both: each holds hundreds of megabytes
def _card_reader(engine: str) -> CardReader:
    from kaihu_desktop.ocr.divisions import load_divisions
    from kaihu_desktop.ocr.glyphs import Glyphs
    from kaihu_desktop.ocr.onnx_engine import OnnxEngine
    from kaihu_desktop.ocr.paddle_engine import PaddleEngine
    from kaihu_desktop.ocr.reader import CardReader as FieldReader
    from kaihu_desktop.ocr.words import load_words

    divisions, words = load_divisions(resource("divisions.csv")), load_words(resource("words.txt"))
    known = divisions, words, Glyphs(resource("glyphs.onnx"))
    if engine == "paddleocr":
        paddle = PaddleEngine(model_folder(), settings().data_dir / "paddleocr")
        return FieldReader(paddle, bins(), *known)
    return FieldReader(OnnxEngine(model_folder()), bins(), *known)


@lru_cache(maxsize=1)
def bins() -> BinTable:
    """The BIN table that comes with the program."""
    from kaihu_desktop.ocr.bins import load_bin_table

    return load_bin_table(resource("bank_bins.csv"))


def ports() -> Ports:
    """Everything that the window needs of the other rooms."""
    from kaihu_desktop.backend.client import RestBackend
    from kaihu_desktop.devices.readiness_process import ReadinessProcess
    from kaihu_desktop.devices.readiness_titles import TITLES
    from kaihu_desktop.ui.navigator import Ports

    return Ports(
        backend=RestBackend(settings().backend_url),
        settings=settings(),
        cameras=cameras(),
        certificates=certificate_store,
        windows=windows_certificates,
        check_signatures=check_signatures,
        journal=journal,
        card_reader=card_reader_process,
        bins=bins,
        readiness=ReadinessProcess(TITLES),
        audio=audio,
        ocr_engines=ocr_engines,
    )


@lru_cache(maxsize=1)
def audio() -> AudioDirectory:
    """The microphones and speakers of this PC."""
    from kaihu_desktop.devices.audio import SystemAudio

    return SystemAudio()


@lru_cache(maxsize=1)
def cameras() -> CameraDirectory:
    """The cameras of this PC, the chosen one first."""
    from kaihu_desktop.devices.camera import cameras as all_cameras
    from kaihu_desktop.devices.preferred_camera import PreferredCameras

    return PreferredCameras(all_cameras(), lambda: settings().camera)


@lru_cache(maxsize=1)
def readiness() -> Readiness:
    """The checks of this PC. A person who asks what is wrong doesn't want to wait long for it."""
    from kaihu_desktop.backend.client import RestBackend
    from kaihu_desktop.backend.proxies import proxy_name
    from kaihu_desktop.backend.request import TimeLimits
    from kaihu_desktop.devices.network_checks import Line
    from kaihu_desktop.devices.readiness_room import Installation, checks_of_this_pc

    url = settings().backend_url
    backend = RestBackend(url, TimeLimits(connect=5, read=8, whole=10))
    return checks_of_this_pc(
        settings=settings(),
        data_dir=settings().data_dir,
        cameras=cameras(),
        audio=audio(),
        line=Line(
            url, backend.clock, lambda: proxy_name(url), backend.download_sample, backend.upload_sample
        ),
        keyring=lambda: _device_secrets().load_or_create(),
        certificates=lambda: _diagnoses(backend),
        installation=Installation(__version__, PACKAGES, model_folder(), _model_digests(), ocr_engines),
    )


def _diagnoses(backend: Backend) -> tuple[Diagnosis, ...]:
    """Of everybody's certificates, by the company that was chosen last, where it can be reached."""
    from kaihu_desktop.core.flow.certificate_checks import company_word
    from kaihu_desktop.core.flow.certificate_diagnosis import diagnose_everybody

    word = company_word(backend, settings().company_code)
    return diagnose_everybody(certificate_store(), word, windows_certificates())


def model_folder() -> Path:
    """Where the OCR models are: inside a packaged program, else where `dev.py setup` put them."""
    frozen_root = getattr(sys, "_MEIPASS", None)
    if frozen_root:
        return Path(frozen_root) / "models"
    return Path(__file__).resolve().parent.parent / ".cache" / "models"


def _model_digests() -> dict[str, str]:
    """SHA-256 of each network; the licences that come with them aren't needed to read."""
    files = json.loads(resource("ocr_models.json").read_text(encoding="utf-8"))["files"]
    return {file["name"]: file["sha256"] for file in files if file["name"].endswith(".onnx")}


@lru_cache(maxsize=1)
def _device_secrets() -> DeviceSecrets:
    from kaihu_desktop.certificates.device_secret import DeviceSecrets

    return DeviceSecrets(settings().data_dir)


def _device_key(purpose: str) -> Secret | None:
    """The key for one purpose, bound to this PC and user; None where the PC has no keyring."""
    try:
        return _device_secrets().subkey(purpose)
    except Failure as failure:
        log.warning("%s: nothing is kept on this PC", failure.code)
        return None
