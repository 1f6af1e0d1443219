"""Files of pictures: GIF by Pillow, MP4 by the program ffmpeg, written picture by picture.

A film may be longer than the memory: no picture but the last one is kept. Its name stands for the
old or for the complete new film, never for half of one.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import BytesIO
from pathlib import Path
from typing import IO, Any

import numpy as np
from PIL import Image, ImageChops

from ivisit.errors import FilmError
from ivisit.files import replacing
from ivisit.films.targets import check_target

#: Hundredths of a second that a picture of a GIF lasts at the least: players ignore less.
SHORTEST = 2


class FilmWriter:
    """Writes one film; the pictures must all have the size of the first one.

    Parameters
    ----------
    path : Path
        The file; it appears with `finish`.
    rate : float
        Pictures a second.

    Attributes
    ----------
    pictures : int
        Pictures written so far.

    Raises
    ------
    FilmError
        By all methods, when the disk or the folder refuses; the file is then as it was.
    """

    def __init__(self, path: Path, rate: float) -> None:
        self.path = path
        self.rate = rate
        self.pictures = 0
        self._stack = ExitStack()
        with self._told():
            self._file: IO[Any] = self._stack.enter_context(replacing(path))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Turn what the disk says into a `FilmError`; the draft goes."""
        try:
            yield
        except FilmError:
            self.discard()
            raise
        except OSError as error:
            self.discard()
            reason = error.strerror or error
            raise FilmError(f"{self.path}: cannot be written: {reason}") from error

    def add(self, picture: Image.Image) -> None:
        """Write a picture, in mode RGB."""
        with self._told():
            self._add(picture)
            self.pictures += 1

    def finish(self) -> None:
        """Complete the film, which gets its name; without pictures there is none."""
        if not self.pictures:
            self.discard()
            return
        with self._told():
            self._end()
            self._stack.close()

    def discard(self) -> None:
        """Write nothing."""
        self._abort()
        # What a full disk has no room for is lost with the draft.
        with suppress(OSError):
            # An exception in its block tells the draft that it is none of the old file's business.
            self._stack.__exit__(_Discarded, _Discarded(), None)

    def _add(self, picture: Image.Image) -> None:
        raise NotImplementedError

    def _end(self) -> None:
        """Write what comes behind the last picture."""

    def _abort(self) -> None:
        """End what goes on besides the file."""


class _Discarded(Exception):
    """A film that nobody wants any more."""


class GifWriter(FilmWriter):
    """Each picture with up to 256 colors of its own, and only the part that has changed."""

    _last: Image.Image | None = None
    #: Where the last complete picture ends: Ctrl-C may come in the middle of one.
    _good = 0

    def _add(self, picture: Image.Image) -> None:
        if self._last is None:
            self._file.write(_gif_header(picture.size))
            box: tuple[int, int, int, int] = (0, 0, *picture.size)
        else:
            # What stays the same still needs a picture, for the time it lasts.
            box = ImageChops.difference(picture, self._last).getbbox() or (0, 0, 1, 1)
        part = with_palette(picture.crop(box))
        self._file.write(_gif_frame(part, box[:2], self._duration()))
        self._good = self._file.tell()
        self._last = picture

    def _duration(self) -> int:
        """Return the hundredths of a second of this picture, so that the average is right."""
        begin, end = (round(100 * n / self.rate) for n in (self.pictures, self.pictures + 1))
        return max(end - begin, SHORTEST)

    def _end(self) -> None:
        self._file.seek(self._good)
        self._file.truncate()
        self._file.write(b";")


def with_palette(picture: Image.Image) -> Image.Image:
    """Return a picture with a table of 256 colors: exactly its own where it has no more."""
    if picture.getcolors(256) is None:
        # Which keeps the few pixels of thin lines and letters in their colors, too.
        method = Image.Quantize.MAXCOVERAGE
        return picture.quantize(256, method=method, dither=Image.Dither.NONE)
    red, green, blue = np.moveaxis(np.asarray(picture).astype(np.uint32), 2, 0)
    colors, indices = np.unique(red << 16 | green << 8 | blue, return_inverse=True)
    exact = Image.fromarray(indices.reshape(red.shape).astype(np.uint8)).convert("L")
    exact.putpalette(
        np.column_stack([colors >> 16, colors >> 8, colors]).astype(np.uint8).tobytes()
    )
    return exact


def _gif_header(size: tuple[int, int]) -> bytes:
    """Return the beginning of a GIF without common colors that is repeated for ever."""
    width, height = (length.to_bytes(2, "little") for length in size)
    screen = width + height + b"\0\0\0"
    return b"GIF89a" + screen + b"!\xff\x0bNETSCAPE2.0\x03\x01\0\0\0"


def _gif_frame(picture: Image.Image, place: tuple[int, int], duration: int) -> bytes:
    """Return a picture with its own colors as a part of a GIF.

    Pillow writes whole files only, or keeps all pictures until the end: this is the picture of
    such a file, whose table of colors has become that of the picture.
    """
    buffer = BytesIO()
    picture.save(buffer, "GIF", interlace=0)
    data = buffer.getvalue()
    depth = data[10] & 7  # the table has 2 ** (depth + 1) colors
    end = 13 + 3 * 2 ** (depth + 1)
    assert data[end] == ord(","), "the table of colors is followed by the picture"
    control = b"!\xf9\x04\0" + duration.to_bytes(2, "little") + b"\0\0"
    corner = b"".join(number.to_bytes(2, "little") for number in place)
    descriptor = b"," + corner + data[end + 5 : end + 9] + bytes([0x80 | depth])
    return control + descriptor + data[13:end] + data[end + 10 : -1]


class Mp4Writer(FilmWriter):
    """Pictures go to ffmpeg, which writes the draft."""

    _process: subprocess.Popen[bytes] | None = None
    _log: IO[bytes]

    def _add(self, picture: Image.Image) -> None:
        if self._process is None:
            self._log = self._stack.enter_context(tempfile.TemporaryFile())  # noqa: SIM115
            self._process = subprocess.Popen(
                self._command(picture.size),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=self._log,
                # Ctrl-C is for the run; the film is completed then.
                start_new_session=True,
            )
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(picture.tobytes())
        except BrokenPipeError:
            self._refuse()

    def _command(self, size: tuple[int, int]) -> list[str]:
        source = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", f"{size[0]}x{size[1]}"]
        source += ["-framerate", f"{self.rate:g}", "-i", "-"]
        # What every player knows: its colors need even sizes.
        film = ["-an", "-pix_fmt", "yuv420p", "-vf", "pad=ceil(iw/2)*2:ceil(ih/2)*2"]
        film += ["-movflags", "+faststart", "-f", "mp4", str(self._file.name)]
        return ["ffmpeg", "-loglevel", "error", "-y", *source, *film]

    def _end(self) -> None:
        assert self._process is not None
        with suppress(BrokenPipeError):  # it has ended, and says why
            assert self._process.stdin is not None
            self._process.stdin.close()
        if self._process.wait() != 0:
            self._refuse()
        self._process = None

    def _refuse(self) -> None:
        """Raise what ffmpeg says."""
        assert self._process is not None
        self._process.wait()
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").split("\n")
        said = "; ".join(line.strip() for line in lines if line.strip())[-300:]
        raise FilmError(f"{self.path}: ffmpeg has failed: {said or 'it does not say why'}")

    def _abort(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.kill()
            process.wait()
            assert process.stdin is not None
            with suppress(BrokenPipeError):
                process.stdin.close()


def film_writer(path: Path, rate: float) -> FilmWriter:
    """Return the writer for the ending of a file."""
    check_target(path)
    return (GifWriter if path.suffix.lower() == ".gif" else Mp4Writer)(path, rate)
