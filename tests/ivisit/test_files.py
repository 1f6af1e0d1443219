"""A name stands for the old or for the complete new content, and stays what it was otherwise."""

from __future__ import annotations

import os
import stat
import threading
from pathlib import Path
from typing import IO, Any

import pytest

from ivisit.files import replace_file


def write(target: Path, content: bytes) -> None:
    replace_file(target, lambda file: file.write(content))


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664, 0o755, 0o640])
def test_permissions_are_kept(tmp_path: Path, mode: int) -> None:
    target = tmp_path / "r.npz"
    target.write_bytes(b"old")
    target.chmod(mode)
    write(target, b"new")
    assert target.read_bytes() == b"new"
    assert stat.S_IMODE(target.stat().st_mode) == mode


def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    write(tmp_path / "ours", b"")
    (tmp_path / "plain").write_bytes(b"")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_write_protected_file_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "r.npz"
    target.write_bytes(b"old")
    target.chmod(0o444)
    with pytest.raises(PermissionError):
        write(target, b"new")
    assert target.read_bytes() == b"old"


@pytest.mark.parametrize("present", [True, False])
def test_a_symbolic_link_is_followed(tmp_path: Path, present: bool) -> None:
    (tmp_path / "disk").mkdir()
    real, link = tmp_path / "disk" / "r.npz", tmp_path / "r.npz"
    if present:
        real.write_bytes(b"old")
    link.symlink_to(Path("disk") / "r.npz")
    write(link, b"new")
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert [file.name for file in real.parent.iterdir()] == ["r.npz"]


@pytest.mark.parametrize("name", ["n" * 255, "ü" * 127, "a b", "100%", "-x"])
def test_any_name_that_the_file_system_takes_will_do(tmp_path: Path, name: str) -> None:
    for content in (b"old", b"new"):
        write(tmp_path / name, content)
        assert (tmp_path / name).read_bytes() == content


def test_of_several_writers_one_wins_whole(tmp_path: Path) -> None:
    target = tmp_path / "r.npz"
    contents = [bytes([n]) * 300_000 for n in range(4)]
    write(target, contents[0])
    done = threading.Event()
    errors: list[BaseException] = []

    def save(content: bytes) -> None:
        def slowly(file: IO[Any]) -> None:
            for start in range(0, len(content), 1000):
                file.write(content[start : start + 1000])

        try:
            for _ in range(20):
                replace_file(target, slowly)
        except BaseException as error:  # noqa: BLE001
            errors.append(error)

    writers = [threading.Thread(target=save, args=(content,)) for content in contents]
    damaged = reads = 0

    def read() -> None:
        nonlocal damaged, reads
        while not done.is_set():
            damaged += target.read_bytes() not in contents
            reads += 1

    reader = threading.Thread(target=read)
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert errors == []
    assert (damaged, reads > 20) == (0, True)
    assert [file.name for file in tmp_path.iterdir()] == ["r.npz"]


def test_what_fails_leaves_the_old_content_and_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "r.npz"
    target.write_bytes(b"old")

    def fail(file: IO[Any]) -> None:
        file.write(b"half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        replace_file(target, fail)
    assert target.read_bytes() == b"old"
    assert [file.name for file in tmp_path.iterdir()] == ["r.npz"]


def test_a_folder_is_refused_and_a_pipe_is_written(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError):
        write(tmp_path, b"x")
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    received: list[bytes] = []
    reader = threading.Thread(target=lambda: received.append(pipe.read_bytes()))
    reader.start()
    write(pipe, b"through")
    reader.join()
    assert received == [b"through"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_text_is_written_as_it_is(tmp_path: Path) -> None:
    replace_file(tmp_path / "t", lambda file: file.write("ü\r\n\n"), text=True)
    assert (tmp_path / "t").read_bytes() == "ü\r\n\n".encode()
