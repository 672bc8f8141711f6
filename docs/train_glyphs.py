"""Trains resources/glyphs.onnx to tell single Han characters apart: `python docs/train_glyphs.py FOLDER`.

FOLDER holds `charfreq.csv` of ngender (see resources/SOURCES.md) and the fonts of `FACES`, in any subfolder.
Needs torch 2.13, onnx, OpenCV, NumPy and Pillow. About an hour on two cores.

Each sample is a character between random others, drawn in one of the faces, photographed small (7 to 36
pixels high; most below 16), blurred, unevenly lit, grained, compressed, and cut out as the client does it: a
window somewhat larger than the character and not quite on it.
"""

from __future__ import annotations

import argparse
import csv
import multiprocessing
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import cv2
import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from PIL import Image, ImageDraw, ImageFont
from torch import nn

from kaihu_desktop.ocr.glyphs import SIDE, normal

if TYPE_CHECKING:
    from multiprocessing.queues import Queue

RESOURCES = Path(__file__).resolve().parent.parent / "resources"
# File, index of the simplified Chinese face in it, and its share: sans-serif ones are those of ID cards.
FACES = (
    ("NotoSansCJK-Light.ttc", 2, 3),
    ("NotoSansCJK-DemiLight.ttc", 2, 4),
    ("NotoSansCJK-Regular.ttc", 2, 6),
    ("NotoSansCJK-Medium.ttc", 2, 5),
    ("NotoSansCJK-Bold.ttc", 2, 5),
    ("wqy-microhei.ttc", 0, 6),
    ("NotoSerifCJK-Regular.ttc", 2, 4),
    ("NotoSerifCJK-Medium.ttc", 2, 2),
    ("NotoSerifCJK-Bold.ttc", 2, 4),
    ("LXGWWenKai-Bold.ttf", 0, 1),
)
LEAST_USES = 10  # in names, of a character that isn't standard
EM, DRAWN = 48, 56  # pixels of a character, and of the picture it is drawn in
HEIGHT, WIDTH = round(2.7 * EM), round(2.9 * EM)  # of the sheet around it
BATCH, QUEUED = 384, 24
BATCHES = 8600  # 3.3 million samples
RATE, DECAY, SMOOTHING, WARM_UP = 2.5e-3, 0.02, 0.02, 0.02
EMBEDDING = 160


class Drawn(NamedTuple):
    """characters: N of them. shapes: faces×N×DRAWN×DRAWN uint8, ink is 255. known: faces×N, which exist."""

    characters: str
    shapes: np.ndarray[Any, np.dtype[np.uint8]]
    known: np.ndarray[Any, np.dtype[np.bool_]]


def characters_of(folder: Path) -> str:
    """The standard characters, and others that are in names."""
    standard = (RESOURCES / "words.txt").read_text(encoding="utf-8").split("\n", 1)[0]
    with next(folder.rglob("charfreq.csv")).open(encoding="utf-8", newline="") as file:
        uses = {row["char"]: int(row["male"]) + int(row["female"]) for row in csv.DictReader(file)}
    others = {one for one, count in uses.items() if count >= LEAST_USES and "\u4e00" <= one <= "\u9fff"}
    return "".join(sorted({*standard, *others}))


def draw(folder: Path, characters: str) -> Drawn:
    """Every character in every face that has it."""
    shapes = np.zeros((len(FACES), len(characters), DRAWN, DRAWN), np.uint8)
    known = np.zeros(shapes.shape[:2], np.bool_)
    for face, (file, index, _) in enumerate(FACES):
        font = ImageFont.truetype(str(next(folder.rglob(file))), EM, index=index)
        lacking = bytes(font.getmask("\U0010fffd"))
        for number, text in enumerate(characters):
            if bytes(font.getmask(text)) != lacking:
                sheet = Image.new("L", (DRAWN, DRAWN))
                ImageDraw.Draw(sheet).text((DRAWN / 2, DRAWN / 2 + 1), text, fill=255, font=font, anchor="mm")
                shapes[face, number], known[face, number] = np.asarray(sheet), True
    return Drawn(characters, shapes, known)


class Photographer:
    """Makes samples of drawn characters."""

    def __init__(self, drawn: Drawn, seed: int) -> None:
        self._drawn, self._random = drawn, np.random.default_rng(seed)
        shares = np.array([share for _, _, share in FACES], float)
        self._shares = np.cumsum(shares / shares.sum())

    def batch(self) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """BATCH×SIDE×SIDE uint8 windows, and the numbers of their characters."""
        numbers = self._random.integers(0, len(self._drawn.characters), BATCH)
        return np.stack([self._window(int(number)) for number in numbers]), numbers

    def _window(self, number: int) -> np.ndarray[Any, Any]:
        sheet = self._sheet(number)
        smallest = self._random.random() < 0.75
        pixels = float(np.exp(self._between(np.log(7), np.log(16)))) if smallest else self._between(12, 36)
        photograph, middle = self._photograph(sheet, pixels)
        scale = self._between(0.46, 0.92) * SIDE / pixels
        aside = pixels * self._random.uniform(-1, 1, 2) * (0.2, 0.15)
        matrix = np.zeros((2, 3), np.float32)
        matrix[:, :2] = np.eye(2) * scale
        matrix[:, 2] = SIDE / 2 - scale * (middle + aside)
        if scale < 0.9:
            photograph = cv2.GaussianBlur(photograph, (0, 0), 0.4 / scale)
        how = cv2.INTER_CUBIC if self._random.random() < 0.5 else cv2.INTER_LINEAR
        return cv2.warpAffine(photograph, matrix, (SIDE, SIDE), flags=how, borderMode=cv2.BORDER_REPLICATE)

    def _sheet(self, number: int) -> np.ndarray[Any, Any]:
        """The character in the middle of others, some of which may be missing, white on black."""
        face = int(np.searchsorted(self._shares, self._random.random()))
        while not self._drawn.known[face, number]:
            face = int(np.searchsorted(self._shares, self._random.random()))
        sheet = np.zeros((HEIGHT, WIDTH), np.uint8)
        x, y = (WIDTH - DRAWN) // 2, (HEIGHT - DRAWN) // 2
        pitch = EM * self._between(1, 1.22)
        others = self._random.integers(0, len(self._drawn.characters), 5)
        _put(sheet, self._drawn.shapes[face, number], x, y)
        for other, step in zip(others[:2], (-pitch, pitch)):
            if self._random.random() < 0.82:
                _put(sheet, self._drawn.shapes[face, other], int(x + step), y)
        if self._random.random() < 0.25:  # a row above or below
            down = EM * self._between(1.25, 1.6) * self._random.choice((-1, 1))
            right = EM * self._between(-0.5, 0.5)
            for other, step in zip(others[2:], (-pitch, 0, pitch)):
                _put(sheet, self._drawn.shapes[face, other], int(x + right + step), int(y + down))
        return sheet

    def _photograph(self, sheet: np.ndarray[Any, Any], pixels: float) -> tuple[np.ndarray[Any, Any], Any]:
        """The sheet with characters so many pixels high, grey, and where its middle came to stand."""
        smaller = min(1.0, 2.5 * pixels / EM)
        if smaller < 1:
            size = (round(WIDTH * smaller), round(HEIGHT * smaller))
            sheet = cv2.resize(sheet, size, interpolation=cv2.INTER_AREA)
        smaller = sheet.shape[1] / WIDTH
        scale = pixels / EM / smaller
        sheet = cv2.GaussianBlur(sheet, (0, 0), self._between(0.25, 0.65) / scale)
        if self._random.random() < 0.07:
            sheet = self._shaken(sheet, self._between(0.8, 1.8) / scale)
        width, height = int(WIDTH * pixels / EM) + 2, int(HEIGHT * pixels / EM) + 2
        middle = np.array((width, height)) / 2 + self._random.uniform(-0.5, 0.5, 2)
        matrix = self._askew(scale)
        matrix[:, 2] = middle - matrix[:, :2] @ (np.array(sheet.shape[::-1]) / 2)
        ink = cv2.warpAffine(sheet, matrix, (width, height), flags=cv2.INTER_LINEAR).astype(np.float32) / 255
        ground = self._ground(width, height, pixels)
        ink_tone = ground.mean() * self._between(0.08, 0.58)
        picture = ground * (1 - ink) + ink_tone * ink
        if self._random.random() < 0.2:
            picture += self._veil(width, height, pixels)
        grain = abs(self._random.normal(0, 0.02))
        picture += grain * self._random.standard_normal(picture.shape, dtype=np.float32)
        taken = np.clip(255 * picture, 0, 255).astype(np.uint8)
        if self._random.random() < 0.35:
            quality = int(self._between(55, 97))
            coded = cv2.imencode(".jpg", taken, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
            taken = cv2.imdecode(coded, cv2.IMREAD_GRAYSCALE)
        return taken, middle

    def _askew(self, scale: float) -> np.ndarray[Any, Any]:
        turn, wide, high, slant = self._random.normal(0, (0.035, 0.05, 0.05, 0.03))
        across, down = scale * np.exp(wide), scale * np.exp(high)
        return np.array(
            (
                (across * np.cos(turn), across * (np.sin(turn) + slant), 0),
                (-down * np.sin(turn), down * np.cos(turn), 0),
            ),
            np.float32,
        )

    def _ground(self, width: int, height: int, pixels: float) -> np.ndarray[Any, Any]:
        """Unevenly lit, in half of the samples with the fine lines of a security print."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        right, down = self._random.normal(0, 0.06, 2)
        ground = self._between(0.45, 0.98) + right * (x / width - 0.5) + down * (y / height - 0.5)
        if self._random.random() < 0.5:
            turn, wave = self._between(0, np.pi), pixels * self._between(0.15, 1)
            phase = (x * np.cos(turn) + y * np.sin(turn)) * 2 * np.pi / wave + self._between(0, 6)
            ground = ground + self._between(0, 0.06) * np.sin(phase)
        return np.asarray(ground, np.float32)

    def _veil(self, width: int, height: int, pixels: float) -> np.ndarray[Any, Any]:
        """A spot of light."""
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        away = (x - self._between(0, width)) ** 2 + (y - self._between(0, height)) ** 2
        spot = self._between(0, 0.35) * np.exp(-away / 2 / (pixels * self._between(0.7, 3)) ** 2)
        return np.asarray(spot, np.float32)

    def _shaken(self, sheet: np.ndarray[Any, Any], way: float) -> np.ndarray[Any, Any]:
        reach, turn = max(1, int(way)), self._between(0, np.pi)
        kernel = np.zeros((2 * reach + 1, 2 * reach + 1), np.float32)
        right, down = int(reach * np.cos(turn)), int(reach * np.sin(turn))
        cv2.line(kernel, (reach - right, reach - down), (reach + right, reach + down), (1.0,))
        return cv2.filter2D(sheet, -1, kernel / kernel.sum())

    def _between(self, least: float, most: float) -> float:
        return float(self._random.uniform(least, most))


def _put(sheet: np.ndarray[Any, Any], shape: np.ndarray[Any, Any], x: int, y: int) -> None:
    top, left = max(0, y), max(0, x)
    bottom, right = min(HEIGHT, y + DRAWN), min(WIDTH, x + DRAWN)
    if top < bottom and left < right:
        part = sheet[top:bottom, left:right]
        np.maximum(part, shape[top - y : bottom - y, left - x : right - x], out=part)


class Residual(nn.Module):
    """Two convolutions beside a short cut (He et al., Deep Residual Learning, CVPR 2016)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first, self.second = convolution(channels, channels), convolution(channels, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.relu(x + self.second(torch.relu(self.first(x))))


def convolution(before: int, after: int, stride: int = 1, size: int = 3) -> nn.Sequential:
    """With batch normalisation, which is put into its weights in the end."""
    return nn.Sequential(nn.Conv2d(before, after, size, stride, size // 2, bias=False), nn.BatchNorm2d(after))


def network(count: int) -> nn.Sequential:
    """31 million multiplications, 2.6 million weights for 8,500 characters."""
    return nn.Sequential(
        *(convolution(1, 32, 2, 5), nn.ReLU()),
        *(convolution(32, 48), nn.ReLU()),
        *(convolution(48, 96, 2), nn.ReLU(), Residual(96)),
        *(convolution(96, 160, 2), nn.ReLU(), Residual(160)),
        *(nn.Flatten(), nn.Dropout(0.1)),
        *(nn.Linear(160 * (SIDE // 8) ** 2, EMBEDDING, bias=False), nn.BatchNorm1d(EMBEDDING)),
        nn.Linear(EMBEDDING, count),
    )


def train(drawn: Drawn, batches: int) -> nn.Sequential:
    """A network that has seen so many, learning at a rate that falls along a cosine."""
    queue: Queue[Any] = multiprocessing.Queue(QUEUED)
    for seed in range(2):
        multiprocessing.Process(target=_photographing, args=(drawn, seed, queue), daemon=True).start()
    net = network(len(drawn.characters)).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(net.parameters(), RATE, weight_decay=DECAY)
    right = 0.0
    for number in range(batches):
        done = number / batches
        rate = RATE * min(1, done / WARM_UP) * (0.5 + 0.5 * np.cos(np.pi * done)) + 1e-5
        for group in optimizer.param_groups:
            group["lr"] = rate
        windows, numbers = queue.get()
        wanted = torch.from_numpy(numbers)
        batch = torch.from_numpy(normal(windows)).to(memory_format=torch.channels_last)
        with torch.autocast("cpu", torch.bfloat16):
            answer = net(batch)
        loss = nn.functional.cross_entropy(answer.float(), wanted, label_smoothing=SMOOTHING)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        right += 0.02 * (float((answer.argmax(1) == wanted).float().mean()) - right)
        if number % 100 == 99:
            print(f"{number + 1} of {batches}, of the last {100 * right:.1f} % right", flush=True)
    return net.eval()


def _photographing(drawn: Drawn, seed: int, queue: Queue[Any]) -> None:
    cv2.setNumThreads(1)
    photographer = Photographer(drawn, seed)
    while True:
        queue.put(photographer.batch())


class Exporter:
    """Writes the network as ONNX that version 1.14 of the runtime reads; weights are halves."""

    def __init__(self) -> None:
        self._nodes: list[Any] = []
        self._weights: list[Any] = []
        self._last = "windows"

    def export(self, net: nn.Sequential, characters: str, path: Path) -> None:
        """The file's metadata name the characters in the order of the outputs."""
        layers = [layer for layer in net if not isinstance(layer, nn.Dropout)]
        for layer, after in zip(layers, [*layers[1:], None]):
            if isinstance(layer, nn.Linear):
                self._linear(layer, after if isinstance(after, nn.BatchNorm1d) else None)
            elif not isinstance(layer, nn.BatchNorm1d):
                self._layer(layer)
        self._node("LogSoftmax", [self._last], axis=1)
        count = len(characters)
        graph = helper.make_graph(
            [*self._nodes, helper.make_node("Identity", [self._last], ["likelihoods"])],
            "glyphs",
            [helper.make_tensor_value_info("windows", TensorProto.FLOAT, ["n", 1, SIDE, SIDE])],
            [helper.make_tensor_value_info("likelihoods", TensorProto.FLOAT, ["n", count])],
            self._weights,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
        helper.set_model_props(model, {"characters": characters})
        onnx.checker.check_model(model)
        onnx.save(model, str(path))

    def _layer(self, layer: nn.Module) -> None:
        if isinstance(layer, Residual):
            short = self._last
            self._layer(layer.first)
            self._node("Relu", [self._last])
            self._layer(layer.second)
            self._node("Add", [self._last, short])
            self._node("Relu", [self._last])
        elif isinstance(layer, nn.Sequential):
            self._convolution(layer[0], layer[1])
        else:
            self._node({nn.ReLU: "Relu", nn.Flatten: "Flatten"}[type(layer)], [self._last])

    def _convolution(self, layer: Any, norm: Any) -> None:
        scale, shift = _scale_and_shift(norm)
        weight = self._weight(layer.weight * scale[:, None, None, None])
        size, stride = layer.kernel_size[0], layer.stride[0]
        how = {"kernel_shape": [size] * 2, "strides": [stride] * 2, "pads": [size // 2] * 4}
        self._node("Conv", [self._last, weight, self._weight(shift)], **how)

    def _linear(self, layer: nn.Linear, norm: Any) -> None:
        weight, bias = layer.weight, layer.bias
        if norm is not None:
            scale, bias = _scale_and_shift(norm)
            weight = weight * scale[:, None]
        self._node("Gemm", [self._last, self._weight(weight), self._weight(bias)], transB=1)

    def _weight(self, values: torch.Tensor) -> str:
        name = f"weight{len(self._weights)}"
        self._weights.append(numpy_helper.from_array(values.detach().numpy().astype(np.float16), name))
        self._nodes.append(helper.make_node("Cast", [name], [f"{name}f"], to=TensorProto.FLOAT))
        return f"{name}f"

    def _node(self, kind: str, inputs: list[str], **how: Any) -> None:
        name = f"step{len(self._nodes)}"
        self._nodes.append(helper.make_node(kind, inputs, [name], **how))
        self._last = name


def _scale_and_shift(norm: Any) -> tuple[torch.Tensor, torch.Tensor]:
    scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
    return scale, norm.bias - norm.running_mean * scale


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--batches", type=int, default=BATCHES)
    parser.add_argument("--file", type=Path, default=RESOURCES / "glyphs.onnx", help="where to write it")
    arguments = parser.parse_args()
    characters = characters_of(arguments.folder)
    net = train(draw(arguments.folder, characters), arguments.batches)
    Exporter().export(net, characters, arguments.file)


if __name__ == "__main__":
    main()
