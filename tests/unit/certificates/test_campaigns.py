"""Short versions of the campaigns: mutated files, killed processes, PINs guessed without the secret."""

from __future__ import annotations

import os
import random

import pytest

from benchmarks.certificate_mutations import MUTATIONS, case, encode, parse, seeds, write_seeds
from benchmarks.fuzz_certificates import Target
from benchmarks.kill_certificates import Campaign
from benchmarks.pin_guessing import NEXT_TO_NOTHING, PIN, Loot, as_it_must_be, opened, opened_quickly
from kaihu_desktop.certificates.store import FileCertificateStore
from kaihu_desktop.core.secret import Secret
from tests.unit.certificates.certificate_people import CHEAP, DEVICE, ID_NUMBER, NAME, PASSWORD, authority

FILES = 120
KILLS = 4
VERSION_OF_CERTIFICATE = b"\xa0\x03\x02\x01\x02"


@pytest.fixture(scope="module")
def seed_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("seeds")
    write_seeds(folder)
    return folder


@pytest.fixture
def target(tmp_path):
    return Target(tmp_path / "certificates")


def test_sound_files_are_taken(seed_folder, target):
    """Else the campaign would test nothing: every seed with a key of a known kind is imported."""
    outcomes = {name: target.take(data) for name, data in seeds(seed_folder)}
    keyless = {name: outcomes.pop(name) for name in list(outcomes) if name.startswith(("no-key", "strange"))}
    assert set(outcomes.values()) == {"imported"}
    assert set(keyless.values()) == {"CERT-NO-KEY", "CERT-FORMAT"}


def test_taking_apart_and_putting_together(seed_folder):
    for _, data in seeds(seed_folder):
        assert b"".join(map(encode, parse(data))) == data


def test_mutated_files(seed_folder, target):
    """A failure that says so and leaves the folder as it was, or an import that holds."""
    cases = [case(seed_folder, number) for number in range(FILES)]
    outcomes = [target.take(data) for _, _, data in cases]
    crashed = [
        (number, *cases[number][:2], outcome) for number, outcome in enumerate(outcomes) if "CRASH" in outcome
    ]
    assert crashed == []
    assert {mutation for _, mutation, _ in cases} == set(MUTATIONS)
    assert {"imported", "CERT-FORMAT", "CERT-PASSWORD"} <= set(outcomes)
    assert target.is_whole()


@pytest.mark.parametrize("place", ["owner", "issuer"])
@pytest.mark.parametrize("version", [1, 3, 255])
def test_certificates_of_no_version(seed_folder, target, version, place):
    """Versions that don't exist are an error of their own sort in the library."""
    data = dict(seeds(seed_folder))["ec-clear-nomac"]
    at = data.index(VERSION_OF_CERTIFICATE)
    if place == "issuer":
        at = data.index(VERSION_OF_CERTIFICATE, at + 1)
    end = at + len(VERSION_OF_CERTIFICATE)
    assert target.take(data[: end - 1] + bytes([version]) + data[end:]) == "CERT-FORMAT"
    assert target.is_whole()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_killed_at_random_instants(tmp_path):
    campaign = Campaign(tmp_path / "certificates", random.Random(1))
    for _ in range(KILLS):
        campaign.kill_one()
    assert sum(campaign.hits.values()) == KILLS
    assert campaign.owned


def test_no_pin_opens_without_the_secret(tmp_path):
    loot = Loot(tmp_path / "certificates", NEXT_TO_NOTHING)
    pins = [*(f"{number:06}" for number in range(20)), PIN]
    assert as_it_must_be(opened(loot, pins))
    quick = {way: opened_quickly(loot.of_one_round(), guess, pins) for way, guess in loot.guesses().items()}
    assert as_it_must_be(quick)


def test_certificate_with_an_extension_twice(seed_folder, target):
    """It is imported or refused with a code, and hides no other."""
    ((tag, fields),) = parse(dict(seeds(seed_folder))["ec-clear-nomac"])
    assert target.take(encode([tag, _doubled(fields)])) == "imported"
    assert target.is_whole()


def _doubled(nodes):
    """The same elements with each key usage (2.5.29.15) of a certificate twice."""
    usage = [0x06, bytes((0x55, 0x1D, 0x0F))]
    if isinstance(nodes, bytes):
        return nodes
    doubled = []
    for tag, inside in nodes:
        twice = isinstance(inside, list) and inside[:1] == [usage]
        doubled += [[tag, _doubled(inside)]] * (2 if twice else 1)
    return doubled


def test_an_installation_that_was_cut_off_leaves_no_old_password(tmp_path):
    """The request holds the certificate's key, under the password of that time: it goes with a new one."""
    store = FileCertificateStore(tmp_path / "certificates", Secret(DEVICE), CHEAP)
    pending = store.begin(NAME, ID_NUMBER, 1024, Secret(PASSWORD))
    request = tmp_path / "certificates" / f"{pending.id}.request"
    content, issued = request.read_bytes(), authority().certify_request(pending.request_pem)
    chain = [authority().pem.decode("ascii")]
    info = store.install(pending.id, Secret(PASSWORD), issued, chain, authority().pem)
    request.write_bytes(content)  # as if killed after the certificate was kept
    store.change_password(info.id, Secret(PASSWORD), Secret("730164"))
    assert not request.exists()
