"""HEIC is read in a process of its own: one wrong byte can bring its reader down, and whatever runs beside it.

As for spreadsheets (R38). `decode` is the near side; the far side is this same file, run as a script without Django.
"""

import os
import subprocess
import sys
from io import BytesIO

MEMORY = 2 * 1024**3  # 50 million pixels take about 700 MB at their worst
SECONDS = 30  # of computing
PATIENCE = 180  # seconds by the clock, on a machine that has other work
NO_READER = 3  # the far side's exit code when its library is missing


class Unavailable(Exception):
    """The reader could not run. That is no verdict on the photo: try again later."""


def decode(data: bytes, side: int) -> bytes:
    """A PNG of at most `side` pixels each way, upright, without metadata.

    Raises `ValueError` when the file cannot be read or brought its reader down, `Unavailable` when nobody tried.
    """
    surroundings = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}  # no keys
    command = [sys.executable, "-I", __file__, str(side)]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, env=surroundings)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise Unavailable(str(error)) from error
    if done.returncode == NO_READER:
        raise Unavailable(done.stderr.decode(errors="replace")[-500:])
    if done.returncode:
        raise ValueError("not readable")
    return done.stdout


def _read(data: bytes, side: int) -> bytes:
    """The far side's work. The library turns the picture as its own boxes say, not as EXIF does."""
    import pi_heif
    from PIL import Image

    pi_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
    with Image.open(BytesIO(data), formats=["HEIF"]) as image:
        image.load()
        plain = image.convert("RGBA" if image.has_transparency_data else "RGB")
    plain.thumbnail((side, side), Image.Resampling.LANCZOS, reducing_gap=2.0)
    plain.info.clear()
    out = BytesIO()
    plain.save(out, "PNG", compress_level=1)
    return out.getvalue()


def main() -> int:
    """Standard input to standard output, within bounds."""
    import resource

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the picture
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        drawn = _read(sys.stdin.buffer.read(), int(sys.argv[1]))
    except ImportError as error:
        sys.stderr.write(str(error))
        return NO_READER
    except Exception:  # decoders of hostile files raise anything
        return 1
    sys.stdout.buffer.write(drawn)
    return 0


if __name__ == "__main__":
    sys.exit(main())
