"""Files and folders for one user only."""

from __future__ import annotations

import stat
import sys

import pytest

from kaihu_desktop.private_files import make_private_folder
from tests.unit.certificates.certificate_people import start_python

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes, and syncs itself")

#: A folder has to be opened to be synced.
OPENED = """
    from pathlib import Path
    from kaihu_desktop.private_files import make_private_folder
    sys.addaudithook(lambda event, arguments: event == "open" and print(arguments[0]))
    make_private_folder(Path(sys.argv[1]))
"""


def test_a_new_folder_survives_a_power_cut_with_all_that_is_new_above_it(tmp_path):
    """The name of a folder stands in the one above it, which must be on the disk, too."""
    folder = tmp_path / "kaihu_desktop" / "certificates"
    process = start_python(OPENED, folder)
    assert process.communicate()[0].split() == [str(tmp_path), str(folder.parent)]
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder, folder.parent)] == [0o700] * 2


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path):
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_where_the_folder_should_be(tmp_path):
    place = tmp_path / "certificates"
    place.write_bytes(b"")
    with pytest.raises(OSError):
        make_private_folder(place)
