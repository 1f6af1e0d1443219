"""Films of runs without a window: what is in them, and that nothing is ever half written."""

import os
import stat
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import ivisit as iv
from ivisit import files
from ivisit.cli import main
from ivisit.engine import Engine
from ivisit.films import writers
from ivisit.films.cells import thinned
from ivisit.films.scene import Scene
from ivisit.films.writers import film_writer


class Counting(iv.Simulation):
    """Shows the number of the step in all kinds of panels."""

    fail_at = iv.Slider(1000, 1, 1000)

    picture = iv.Image(vmin=0, vmax=255)
    plot = iv.Figure(width=3, height=2)
    height = iv.Trace()
    both = iv.Trace(names=["up", "down"])
    spikes = iv.Raster(5)
    spread = iv.Histogram(bins=4)
    text = iv.TextOutput()
    note = iv.Comment("fixed")

    def init(self):
        self.count = 0
        self.plot.clear()
        (self.line,) = self.plot.subplots().plot([], [])

    def step(self):
        self.count += 1
        if self.count == self.fail_at:
            raise ValueError("enough")
        self.picture = np.full((4, 6), 10 * self.count, np.uint8)
        self.height = self.count + self.rng.normal()
        self.both = [self.count, -self.count]
        self.spikes = [self.count % 5]
        self.spread = self.rng.normal(size=20)
        self.text = f"count {self.count}"

    def draw(self):
        self.line.set_data([0, 1], [0, self.count])


def frames_of(path):
    """Return the pictures of a GIF as arrays, and how many milliseconds each lasts."""
    with Image.open(path) as film:
        pictures, durations = [], []
        for index in range(film.n_frames):
            film.seek(index)
            pictures.append(np.asarray(film.convert("RGB")))
            durations.append(film.info["duration"])
    return pictures, durations


def drafts(folder):
    """Return the files that a writer has left behind."""
    return [path.name for path in Path(folder).iterdir() if path.name.endswith(".part")]


def test_a_film_of_an_image_has_its_pixels_every_few_steps(tmp_path):
    path = tmp_path / "count.gif"
    film = iv.Film(path, panels=["picture"], every=3, rate=10)
    iv.run(Counting, steps=20, film=film)
    pictures, durations = frames_of(path)
    assert [picture[0, 0, 0] for picture in pictures] == [30, 60, 90, 120, 150, 180]
    assert all(picture.shape == (320, 480, 3) for picture in pictures)  # 80 times as large
    assert all((picture == picture[0, 0]).all() for picture in pictures)
    assert durations == [100] * 6


def test_the_result_is_the_same_with_and_without_a_film(tmp_path):
    plain = iv.run(Counting, steps=4, seed=5)
    films = [iv.Film(tmp_path / "all.gif", every=2), iv.Film(tmp_path / "one.gif", ["plot"])]
    # Whichever of them has painted the figure first, it is as if none had.
    films += [iv.Film(tmp_path / "same.gif", every=2, size=(500, 300))]
    assert iv.run(Counting, steps=4, seed=5, film=films) == plain
    assert iv.run(Counting, steps=4, seed=5, film=films[::-1]) == plain
    assert iv.run(Counting, steps=4, seed=5, film=[films[0], films[2]]) == plain


def test_without_further_words_all_panels_are_filmed_in_about_two_hundred_pictures(tmp_path):
    class Fast(iv.Simulation):
        """Counts."""

        value = iv.Image(vmin=0, vmax=255)

        def step(self):
            self.count = (getattr(self, "count", 0) + 1) % 251
            self.value = np.full((2, 2), self.count, np.uint8)

    assert iv.Film("x.gif").steps_a_picture(150) == 1
    assert iv.Film("x.gif").steps_a_picture(4001) == 21
    iv.run(Fast, steps=1000, film=iv.Film(tmp_path / "fast.gif", size=(16, 16)))
    assert len(frames_of(tmp_path / "fast.gif")[0]) == 200


def test_every_kind_of_panel_shows_something_that_changes():
    for name in set(Counting.panels) - {"note"}:
        engine = Engine(Counting)
        scene = Scene(Counting, [name], size=(320, 240), last_step=20)
        engine.run(2)
        before = np.asarray(scene.picture(engine))
        engine.run(9)
        after = np.asarray(scene.picture(engine))
        assert before.shape == after.shape == (240, 320, 3)
        assert len(np.unique(after.reshape(-1, 3), axis=0)) > 1 or name == "picture"
        assert (before != after).any(), name


def test_panels_that_hold_nothing_yet_leave_their_places_empty():
    engine = Engine(Counting)
    engine.init()
    assert Scene(Counting).picture(engine).size == (1200, 776)


def test_a_run_that_fails_leaves_the_film_of_what_it_has_computed(tmp_path):
    path = tmp_path / "short.gif"
    with pytest.raises(iv.RunError) as caught:
        iv.run(Counting, {"fail_at": 5}, steps=20, film=iv.Film(path, ["picture"], every=1))
    assert caught.value.result.steps == 4
    assert len(frames_of(path)[0]) == 4
    assert not drafts(tmp_path)


def test_a_run_without_a_picture_writes_nothing_and_says_so(tmp_path):
    path = tmp_path / "none.gif"
    path.write_bytes(b"former")
    with pytest.raises(iv.RunError):
        iv.run(Counting, {"fail_at": 1}, steps=20, film=path)
    with pytest.raises(iv.ParameterError, match="no picture every 30 steps"):
        iv.run(Counting, steps=20, film=iv.Film(path, every=30))
    assert path.read_bytes() == b"former"
    assert not drafts(tmp_path)


@pytest.mark.parametrize(
    ("film", "text"),
    [
        (lambda: iv.Film("x.avi"), "must end in .gif or .mp4"),
        (lambda: iv.Film("nowhere/x.gif"), "no such folder"),
        (lambda: iv.Film("x.gif", panels=["pictur"]), "Did you mean 'picture'"),
        (lambda: iv.Film("x.gif", panels=["note"]), "no panel to film 'note'"),
        (lambda: iv.Film("x.gif", every=0), "Film.every: must be a whole number from 1 on, not 0"),
        (lambda: iv.Film("x.gif", rate=np.nan), "Film.rate: must be between"),
        (lambda: iv.Film("x.gif", size=(10, 100_000)), "Film.size: must be width and height"),
        (lambda: iv.Film("x.gif", size=7), "Film.size: must be width and height"),
        (lambda: 7, "run.film: must be a path, an ivisit.Film, or a list of them, not 7"),
    ],
)
def test_what_cannot_be_filmed_is_refused_before_the_first_step(film, text, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(Counting, "step", lambda self: pytest.fail("a step"))
    with pytest.raises(iv.IVisitError, match=text):
        iv.run(Counting, steps=3, film=film())
    assert not list(tmp_path.iterdir())


def test_a_trace_that_is_not_recorded_cannot_be_filmed(tmp_path):
    film = iv.Film(tmp_path / "x.gif", panels=["height"])
    with pytest.raises(iv.ParameterError, match="height: cannot be filmed, because it is not rec"):
        iv.run(Counting, steps=3, record=["both"], film=film)
    iv.run(Counting, steps=3, record=["both.up"], film=iv.Film(tmp_path / "y.gif", ["both"]))


@pytest.mark.parametrize("mode", ["grey", "color"])
def test_a_gif_keeps_up_to_256_colors_exactly(tmp_path, mode):
    rng = np.random.default_rng(1)
    greys = np.repeat(np.arange(256)[:, None], 3, axis=1)
    table = rng.integers(0, 256, (256, 3)) if mode == "color" else greys
    pixels = [table[rng.permutation(256).reshape(16, 16)].astype(np.uint8) for _ in range(3)]
    writer = film_writer(tmp_path / "x.gif", 30)
    for picture in pixels:
        writer.add(Image.fromarray(picture))
    writer.finish()
    pictures, durations = frames_of(tmp_path / "x.gif")
    assert all((a == b).all() for a, b in zip(pictures, pixels, strict=True))
    assert sum(durations) == 100  # 3 of 30 a second, although no player knows 33.3 ms


def test_pictures_that_are_the_same_last_as_long_as_others(tmp_path):
    writer = film_writer(tmp_path / "x.gif", 10)
    for level in (5, 5, 5, 9):
        writer.add(Image.new("RGB", (8, 8), (level, level, level)))
    writer.finish()
    with Image.open(tmp_path / "x.gif") as film:
        assert film.n_frames == 4
    pictures, durations = frames_of(tmp_path / "x.gif")
    assert [picture[4, 4, 1] for picture in pictures] == [5, 5, 5, 9]
    assert durations == [100] * 4


def test_a_film_needs_the_memory_of_its_last_pictures_only(tmp_path):
    def peak(count):
        rng = np.random.default_rng(0)
        writer = film_writer(tmp_path / "x.gif", 20)
        tracemalloc.start()
        for _ in range(count):
            writer.add(Image.fromarray(rng.integers(0, 9, (64, 64, 3), np.uint8)))
        writer.finish()
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(2)
    assert peak(60) < 2 * peak(6)


def test_a_full_disk_ends_the_film_and_not_the_run(tmp_path, monkeypatch):
    path = tmp_path / "x.gif"
    path.write_bytes(b"former")
    add = writers.GifWriter._add

    def full(self, picture):
        if self.pictures == 2:
            raise OSError(28, "No space left on device")
        add(self, picture)

    monkeypatch.setattr(writers.GifWriter, "_add", full)
    with pytest.raises(iv.FilmError, match=r"x\.gif: cannot be written: No space") as caught:
        iv.run(Counting, steps=9, film=iv.Film(path, ["picture"]))
    assert caught.value.result == iv.run(Counting, steps=9)
    assert path.read_bytes() == b"former"
    assert not drafts(tmp_path)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_what_is_still_to_be_written_to_a_full_disk_does_not_hide_the_reason(tmp_path, monkeypatch):
    opened = files._open
    monkeypatch.setattr(
        files, "_open", lambda path, mode, text: opened(Path("/dev/full"), "w", text)
    )
    with pytest.raises(iv.FilmError, match=r"x\.gif: cannot be written: No space"):
        iv.run(Counting, steps=9, film=iv.Film(tmp_path / "x.gif", size=(800, 600)))


def test_ctrl_c_in_the_middle_of_a_picture_leaves_the_complete_ones(tmp_path, monkeypatch):
    add = writers.GifWriter._add

    def interrupted(self, picture):
        if self.pictures == 3:
            self._file.write(b",half of a picture")
            raise KeyboardInterrupt
        add(self, picture)

    monkeypatch.setattr(writers.GifWriter, "_add", interrupted)
    result = iv.run(Counting, steps=9, film=iv.Film(tmp_path / "x.gif", ["picture"]))
    assert result.status == "interrupted"
    assert [p[0, 0, 0] for p in frames_of(tmp_path / "x.gif")[0]] == [10, 20, 30]


def test_a_killed_process_leaves_the_former_film(tmp_path):
    (tmp_path / "sim.py").write_text(
        "import os, signal, numpy as np, ivisit as iv\n"
        "class Sim(iv.Simulation):\n"
        "    picture = iv.Image()\n"
        "    def step(self):\n"
        "        self.picture = np.zeros((4, 4))\n"
        "        self.count = getattr(self, 'count', 0) + 1\n"
        "        if self.count == 5:\n"
        "            os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    (tmp_path / "x.gif").write_bytes(b"former")
    command = [sys.executable, "-m", "ivisit", "run", "sim.py", "--steps", "9", "--out", "x.gif"]
    assert subprocess.run(command, cwd=tmp_path, capture_output=True).returncode == -9
    assert (tmp_path / "x.gif").read_bytes() == b"former"


def test_a_replay_can_be_filmed_with_the_changes_of_the_run(tmp_path):
    engine = Engine(Counting)
    engine.run(4)
    engine.set("fail_at", 900)
    engine.run(4)
    from ivisit.runs.single import result_of

    result = result_of(engine)
    film = iv.Film(tmp_path / "x.gif", ["picture"], every=2)
    assert iv.replay(Counting, result, film=film).steps == 8
    assert [p[0, 0, 0] for p in frames_of(tmp_path / "x.gif")[0]] == [20, 40, 60, 80]


def test_thinned_lines_keep_their_ends_extremes_and_gaps():
    rng = np.random.default_rng(2)
    x, y = np.arange(100_003.0), rng.normal(size=100_003)
    y[30_000:40_000] = np.nan
    thin_x, thin_y = thinned(x, y)
    assert len(thin_x) < 5000
    assert (np.diff(thin_x) >= 0).all()
    assert (y[thin_x.astype(int)] == thin_y)[~np.isnan(thin_y)].all()
    assert np.nanmax(thin_y) == np.nanmax(y)
    assert np.nanmin(thin_y) == np.nanmin(y)
    assert np.isnan(thin_y[(thin_x > 30_100) & (thin_x < 39_900)]).all()


# MP4 ------------------------------------------------------------------------------------------


@pytest.fixture
def ffmpeg(tmp_path, monkeypatch):
    """A program called ffmpeg that writes its arguments and its input into the film."""

    def install(code="sys.exit(0)"):
        folder = tmp_path / "bin"
        folder.mkdir()
        program = folder / "ffmpeg"
        program.write_text(
            f"#!{sys.executable}\nimport sys\n{code}\n"
            "data = sys.stdin.buffer.read()\n"
            "open(sys.argv[-1], 'wb').write(' '.join(sys.argv[1:]).encode() + b'\\n' + data)\n"
            if code != "sys.exit(0)"
            else f"#!{sys.executable}\nimport sys\n"
            "data = sys.stdin.buffer.read()\n"
            "open(sys.argv[-1], 'wb').write(' '.join(sys.argv[1:]).encode() + b'\\n' + data)\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def test_ffmpeg_gets_every_picture_and_its_size_and_rate(tmp_path, ffmpeg):
    ffmpeg()
    film = iv.Film(tmp_path / "x.mp4", ["picture"], every=2, rate=25, size=(33, 16))
    iv.run(Counting, steps=6, film=film)
    words, _, data = (tmp_path / "x.mp4").read_bytes().partition(b"\n")
    assert b"-video_size 33x16 -framerate 25 -i -" in words
    pictures = np.frombuffer(data, np.uint8).reshape(-1, 16, 33, 3)
    assert [int(picture[8, 16, 0]) for picture in pictures] == [20, 40, 60]
    assert not drafts(tmp_path)


def test_what_ffmpeg_says_is_told_and_the_former_film_stays(tmp_path, ffmpeg):
    ffmpeg("sys.stderr.write('Unknown encoder\\n'); sys.exit(3)")
    path = tmp_path / "x.mp4"
    path.write_bytes(b"former")
    with pytest.raises(iv.FilmError, match="ffmpeg has failed: Unknown encoder") as caught:
        iv.run(Counting, steps=6, film=path)
    assert caught.value.result.steps == 6
    assert path.read_bytes() == b"former"
    assert not drafts(tmp_path)


def test_a_film_that_nobody_wants_any_more_ends_ffmpeg(tmp_path, ffmpeg):
    ffmpeg("import time; time.sleep(100)")
    writer = film_writer(tmp_path / "x.mp4", 20)
    writer.add(Image.new("RGB", (8, 8)))
    process = writer._process
    writer.discard()
    assert process.poll() is not None
    assert [path.name for path in tmp_path.iterdir()] == ["bin"]


def test_without_ffmpeg_the_reason_and_the_way_out_are_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(iv.FilmError, match=r"needs the program ffmpeg on the path.* write a \.gif"):
        iv.run(Counting, steps=6, film=tmp_path / "x.mp4")


# The command line -----------------------------------------------------------------------------


@pytest.fixture
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sim.py").write_text(
        "import numpy as np, ivisit as iv\n"
        "class Sim(iv.Simulation):\n"
        "    picture = iv.Image(vmin=0, vmax=255)\n"
        "    height = iv.Trace()\n"
        "    def init(self):\n"
        "        self.count = 0\n"
        "    def step(self):\n"
        "        self.count += 1\n"
        "        self.picture = np.full((4, 4), self.count)\n"
        "        self.height = self.count\n"
    )


def test_run_writes_a_film_beside_other_files(script, capsys):
    outputs = ["--out", "x.gif", "--out", "r.npz"]
    options = ["--film-panel", "picture", "--film-every", "2", "--film-size", "20x20"]
    assert main(["run", "sim.py", "--steps", "6", *outputs, *options, "--film-rate", "5"]) == 0
    pictures, durations = frames_of("x.gif")
    assert [picture[10, 10, 0] for picture in pictures] == [2, 4, 6]
    assert durations == [200] * 3
    assert "wrote x.gif" in capsys.readouterr().err
    assert main(["replay", "r.npz", "--yes", "--out", "again.gif", *options]) == 0
    assert all((a == b).all() for a, b in zip(frames_of("again.gif")[0], pictures, strict=True))


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--out", "x.gif", "--film-size", "20"], "--film-size: must be WIDTHxHEIGHT"),
        (["--film-every", "2"], "needs an --out that ends in .gif or .mp4"),
        (["--out", "x.gif", "--film-panel", "hight"], "Did you mean 'height'"),
        (["--out", "x.gif", "--film-rate", "1000"], "between 0.1 and 60"),
        (["--out", "x.avi"], "must end in .npz, .csv, .png, .pdf, .svg, .gif or .mp4"),
    ],
)
def test_a_wrong_request_for_a_film_is_refused(script, options, text, capsys):
    assert main(["run", "sim.py", "--steps", "6", *options]) == 2
    assert text in capsys.readouterr().err
