"""What of the second engine works without its package: its folders, its lines, and saying that it lacks."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from kaihu_desktop.bootstrap import model_folder
from kaihu_desktop.core.failure import Failure
from kaihu_desktop.ocr.onnx_engine import RECOGNITION_FILE
from kaihu_desktop.ocr.paddle_engine import PaddleEngine, line_of
from kaihu_desktop.ocr.paddle_models import detection_folder, recognition_folder

BOX = np.array(((100, 10), (300, 10), (300, 50), (100, 50)), np.float32)


@pytest.mark.skipif(bool(find_spec("paddleocr")), reason="the optional engine is installed here")
def test_says_that_the_package_is_not_installed(tmp_path: Path) -> None:
    engine = PaddleEngine(model_folder(), tmp_path)
    with pytest.raises(Failure, match="OCR-ENGINE"):
        engine.prepare()
    with pytest.raises(Failure, match="OCR-ENGINE"):
        engine.read(np.zeros((10, 10, 3), np.uint8))


def test_a_folder_holds_the_network_and_all_its_characters(tmp_path: Path) -> None:
    network = model_folder() / RECOGNITION_FILE
    folder = recognition_folder(network, tmp_path)
    described = yaml.load((folder / "inference.yml").read_text("utf-8"), yaml.CSafeLoader)
    characters = described["PostProcess"]["character_dict"]
    assert (len(characters), len(set(characters))) == (18708, 18708)
    assert {"翀", "旻", "赟", "仫", "0", "\u3000"} <= set(characters)
    assert (folder / "inference.onnx").read_bytes() == network.read_bytes()


def test_a_folder_is_made_once_and_another_one_for_another_network(tmp_path: Path) -> None:
    network = tmp_path / "network.onnx"
    network.write_bytes(b"one")
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: detection_folder(network, tmp_path / "cache"), range(4)))
    network.unlink()
    network.write_bytes(b"two")
    folders.add(detection_folder(network, tmp_path / "cache"))
    assert set((tmp_path / "cache").iterdir()) == folders
    assert {(folder / "inference.onnx").read_bytes() for folder in folders} == {b"one", b"two"}


def test_characters_stand_where_the_pieces_do() -> None:
    boxes = [np.array(edges) for edges in ((100, 10, 140, 50), (160, 10, 260, 50), (260, 10, 300, 50))]
    line = line_of("年123日", 0.99, BOX, ("年", "123", "日"), boxes)
    assert [character.position for character in line.characters] == pytest.approx([0.1, 0.3, 0.55, 0.8, 0.9])


def test_characters_stand_side_by_side_where_the_pieces_do_not_make_up_the_text() -> None:
    line = line_of("年12日", 0.99, BOX, ("年", "日"), [BOX[0], BOX[1]])
    assert [character.position for character in line.characters] == pytest.approx(
        [1 / 6, 5 / 12, 7 / 12, 5 / 6]
    )


def test_a_long_line_hides_no_doubt() -> None:
    def confidence(text: str, score: float) -> float:
        return line_of(text, score, BOX).confidence

    assert confidence("男", 0.95) == pytest.approx(0.95)
    assert confidence("甲乙丙丁戊己庚辛壬癸", 0.95) == pytest.approx(0.5)
    assert confidence("甲乙丙丁戊己庚辛壬癸" * 2, 0.9) == pytest.approx(0.45)


@given(st.text("年月日012 ·", max_size=12), st.floats(0, 1), st.sampled_from(["", "012"]))
def test_any_line_has_places_and_probabilities_within_bounds(text: str, score: float, alphabet: str) -> None:
    line = line_of(text, score, BOX, alphabet=alphabet)
    assert line.text == "".join(one for one in text if not alphabet or one in alphabet)
    places = [character.position for character in line.characters]
    assert places == sorted(places)
    assert all(0 < place < 1 for place in places)
    assert all(0 <= character.probability <= 1 for character in line.characters)
