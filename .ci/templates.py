"""Every template can be read by Django, and is shaped as djade shapes it."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tongxin.settings"

import django  # noqa: E402
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines  # noqa: E402


def main() -> int:
    django.setup()
    red = 0
    templates = sorted(path for path in (ROOT / "tongxin").rglob("*.html") if "templates" in path.parts)
    for path in templates:
        try:
            engines["django"].from_string(path.read_text("utf-8"))
        except (TemplateSyntaxError, TemplateDoesNotExist) as error:
            red = 1
            print(f"{path.relative_to(ROOT)}: {error}")
    if templates:
        djade = [str(Path(sys.executable).parent / "djade"), "--target-version", "5.2", "--check"]
        shaped = subprocess.run(
            [*djade, *map(str, templates)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if shaped.returncode:
            print(shaped.stdout.replace(f"{ROOT}/", "").rstrip())
            print("mend: make tidy")
            red = 1
    return red


if __name__ == "__main__":
    sys.exit(main())
