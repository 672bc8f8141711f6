"""Makes broken and malicious PKCS#12 files, each from its number, for `fuzz_certificates.py`."""

from __future__ import annotations

import random
from functools import lru_cache
from pathlib import Path
from typing import Any, Callable, Iterator

from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import NoEncryption
from cryptography.hazmat.primitives.serialization import pkcs12 as openssl

from kaihu_desktop.certificates.pkcs12 import Credential, save
from kaihu_desktop.core.model.certificate import MAX_BACKUP_BYTES, ExportProfile
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import FILE_PASSWORD, authority

INTEGER, OCTET_STRING, SEQUENCE, CONSTRUCTED = 0x02, 0x04, 0x30, 0x20
ROUNDS = 50
#: Counts of iterations and versions that a liar writes.
LIES = (
    0,
    1,
    -1,
    2,
    3,
    255,
    65_535,
    600_000,
    1_999_999,
    5_999_000,
    6_000_001,
    2**31 - 1,
    2**32,
    2**63,
    2**200,
)

#: What `parse` raises for what isn't DER, or is too deep.
UNPARSED = (ValueError, IndexError, RecursionError)

Node = Any  # [tag, bytes | list of nodes]


def write_seeds(folder: Path) -> None:
    """Sound files of every sort into `folder`; their keys are new, so a campaign keeps to one folder."""
    rsa_owner = authority().issue("张测试", "410101199508130033")
    ec_owner = authority().issue("李测试", "110105194912310021", key=ec.generate_private_key(ec.SECP256R1()))
    lonely = Credential(ec_owner.key, ec_owner.certificate, ())
    crowd = Credential(ec_owner.key, ec_owner.certificate, (authority().certificate,) * 40)
    made: dict[str, bytes] = {}
    clear = {"strange-key": _clear(ed25519.Ed25519PrivateKey.generate(), None)}
    for name, owner in (("rsa", rsa_owner), ("ec", ec_owner), ("lonely", lonely), ("crowd", crowd)):
        for profile in ExportProfile:
            made[f"{name}-{profile.value}"] = save(owner, Secret(FILE_PASSWORD), profile, ROUNDS)
        clear[f"{name}-clear"] = _clear(owner.key, owner)
    clear["no-key"] = _clear(None, rsa_owner)
    # Without a MAC, which would stop what is changed inside; that of the clear ones has another password.
    for name, data in (*made.items(), *clear.items()):
        made[f"{name}-nomac"] = _without_mac(data)
    for name, data in made.items():
        (folder / f"{name}.p12").write_bytes(data)


def _clear(key: Any, owner: Credential | None) -> bytes:
    certificate, chain = (owner.certificate, owner.chain) if owner else (None, None)
    return openssl.serialize_key_and_certificates(b"name", key, certificate, chain, NoEncryption())


def _without_mac(data: bytes) -> bytes:
    ((tag, fields),) = parse(data)
    return encode([tag, fields[:2]])


@lru_cache(maxsize=None)
def seeds(folder: Path) -> tuple[tuple[str, bytes], ...]:
    """(name, content) of the sound files in `folder`."""
    return tuple((path.stem, path.read_bytes()) for path in sorted(folder.glob("*.p12")))


def case(folder: Path, number: int) -> tuple[str, str, bytes]:
    """The file of a number: (seed, mutation, content)."""
    chance = random.Random(f"certificate {number}")
    name, data = chance.choice(seeds(folder))
    mutation = chance.choices(list(MUTATIONS), [weight for weight, _ in MUTATIONS.values()])[0]
    changed = data
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        changed = MUTATIONS[mutation][1](chance, changed, folder)
    return name, mutation, changed[: 2 * MAX_BACKUP_BYTES]


# DER, as far as it is needed to take a file apart and put it together with the right lengths


def parse(data: bytes) -> list[Node]:
    """The elements of `data`; octet strings that hold DER themselves are taken apart as well."""
    nodes, at = [], 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if tag & 31 == 31 or length == 0x80:
            raise ValueError("not of the simple sort")
        if length > 0x80:
            size = length & 0x7F
            length, at = int.from_bytes(data[at : at + size], "big"), at + size
        content = data[at : at + length]
        if len(content) != length:
            raise ValueError("cut off")
        nodes.append([tag, _inside(tag, content)])
        at += length
    return nodes


def _inside(tag: int, content: bytes) -> bytes | list[Node]:
    if tag & CONSTRUCTED:
        return parse(content)
    if tag == OCTET_STRING and content[:1] == bytes([SEQUENCE]):
        try:
            return parse(content)
        except UNPARSED:
            pass
    return content


def encode(node: Node) -> bytes:
    """The reverse of `parse` for one element."""
    tag, inside = node
    content = inside if isinstance(inside, bytes) else b"".join(map(encode, inside))
    return bytes([tag]) + _length(len(content)) + content


def _length(length: int) -> bytes:
    if length < 0x80:
        return bytes([length])
    size = (length.bit_length() + 7) // 8
    return bytes([0x80 | size]) + length.to_bytes(size, "big")


def _walk(nodes: list[Node]) -> Iterator[tuple[list[Node], int]]:
    """Each element, as its list and its place in it."""
    for place, (_, inside) in enumerate(nodes):
        yield nodes, place
        if isinstance(inside, list):
            yield from _walk(inside)


# mutations that know nothing of the format


def _truncate(chance: random.Random, data: bytes, _: Path) -> bytes:
    return data[: chance.randrange(len(data) + 1)]


def _flip(chance: random.Random, data: bytes, _: Path) -> bytes:
    changed = bytearray(data)
    for _number in range(chance.choice((1, 1, 3, 20)) if data else 0):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrite(chance: random.Random, data: bytes, _: Path) -> bytes:
    changed, length = bytearray(data), chance.choice((1, 2, 4, 64))
    place = chance.randrange(len(data) + 1)
    changed[place : place + length] = bytes(
        chance.choices((0, 0x7F, 0x80, 0xFF, 0x30, chance.randrange(256)), k=length)
    )
    return bytes(changed)


def _move(chance: random.Random, data: bytes, _: Path) -> bytes:
    """Delete, double or move a block."""
    start, length = chance.randrange(len(data) + 1), chance.randrange(1, 400)
    block, changed = data[start : start + length], bytearray(data)
    if chance.random() < 0.6:
        del changed[start : start + length]
    if chance.random() < 0.6:
        place = chance.randrange(len(changed) + 1)
        changed[place:place] = block * chance.choice((1, 1, 2, 50))
    return bytes(changed)


def _length_lie(chance: random.Random, data: bytes, _: Path) -> bytes:
    """A length byte near the beginning of something that tells too much, nothing, or «until the end»."""
    places = [at + 1 for at in range(len(data) - 1) if data[at] in (INTEGER, OCTET_STRING, SEQUENCE, 0xA0)]
    if not places:
        return data
    changed = bytearray(data)
    lie = chance.choice((b"\0", b"\x7f", b"\x80", b"\x84\xff\xff\xff\xff", b"\x88" + b"\xff" * 8, b"\xff"))
    place = chance.choice(places)
    changed[place : place + len(lie)] = lie
    return bytes(changed)


# mutations that keep the format and change what it says


def _structural(
    change: Callable[[random.Random, list[Node], int, Path], None],
) -> Callable[[random.Random, bytes, Path], bytes]:
    def mutate(chance: random.Random, data: bytes, folder: Path) -> bytes:
        try:
            nodes = parse(data)
        except UNPARSED:  # an earlier change has broken it
            return data
        change(chance, *chance.choice(list(_walk(nodes)) or [([], 0)]), folder)
        return b"".join(map(encode, nodes))

    return mutate


def _value(chance: random.Random, siblings: list[Node], place: int, _: Path) -> None:
    siblings[place][1] = chance.choice((b"", b"\0", b"\xff" * 8, chance.getrandbits(256).to_bytes(32, "big")))


def _tag(chance: random.Random, siblings: list[Node], place: int, _: Path) -> None:
    siblings[place][0] = chance.choice((1, 2, 3, 4, 5, 6, 12, 19, 23, 24, 30, 0x30, 0x31, 0xA0, 0xA1, 0x80))


def _remove(_: random.Random, siblings: list[Node], place: int, __: Path) -> None:
    del siblings[place : place + 1]


def _repeat(chance: random.Random, siblings: list[Node], place: int, _: Path) -> None:
    siblings[place:place] = siblings[place : place + 1] * chance.choice((1, 1, 2, 50, 300))


def _graft(chance: random.Random, siblings: list[Node], place: int, folder: Path) -> None:
    """A part of another file in place of this one."""
    donors, at = chance.choice(list(_walk(parse(chance.choice(seeds(folder))[1]))))
    siblings[place] = donors[at]


def _nest(chance: random.Random, siblings: list[Node], place: int, _: Path) -> None:
    """The same under very many covers."""
    content = encode(siblings[place])
    for _number in range(chance.choice((1, 3, 100, 900, 5000))):
        content = bytes([chance.choice((SEQUENCE, 0xA0))]) + _length(len(content)) + content
    siblings[place] = [content[0], content[1 + len(_length(len(content))) :]]


def _lie(chance: random.Random, data: bytes, _: Path) -> bytes:
    """Another number in place of an integer: iterations, versions, key lengths, serial numbers, moduli."""
    try:
        nodes = parse(data)
    except UNPARSED:
        return data
    numbers = [(nodes, place) for nodes, place in _walk(nodes) if nodes[place][0] == INTEGER]
    short = [one for one in numbers if len(one[0][one[1]][1]) <= 4]  # those that count something
    for siblings, place in [chance.choice(chance.choice((short, numbers)) or numbers)] if numbers else []:
        value = chance.choice(LIES)
        siblings[place] = [INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True)]
    return b"".join(map(encode, nodes))


def _strange(chance: random.Random, data: bytes, _: Path) -> bytes:
    """No such file at all, or one that is much too long."""
    noise = chance.getrandbits(8 * 5000).to_bytes(5000, "big")
    return chance.choice(
        (
            b"",
            b"\x30",
            b"\x30\x80" * 100_000,
            noise,
            data + noise,
            data + bytes(MAX_BACKUP_BYTES),
            bytes(MAX_BACKUP_BYTES),
            b"-----BEGIN PRIVATE KEY-----\n" + noise,
            b"\xfe\xed\xfe\xed" + noise,  # a key store of Java
            b"PK\x03\x04" + data,
        )
    )


#: name: (weight, change)
MUTATIONS = {
    "truncated": (1, _truncate),
    "flipped": (2, _flip),
    "overwritten": (2, _overwrite),
    "moved": (1, _move),
    "length lie": (2, _length_lie),
    "value": (2, _structural(_value)),
    "tag": (2, _structural(_tag)),
    "removed": (1, _structural(_remove)),
    "repeated": (1, _structural(_repeat)),
    "grafted": (2, _structural(_graft)),
    "nested": (1, _structural(_nest)),
    "number lie": (3, _lie),
    "strange": (0.5, _strange),
}
