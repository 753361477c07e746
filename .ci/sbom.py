"""`./dev sbom`: what the product is made of, as CycloneDX 1.5 JSON, drawn from the lock alone.

Every component with its version, package URL and the hashes that an installation accepts. No clock and no chance in it:
the same lock gives the same document.
"""

import json
import re
import sys
import uuid
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
ENTRY = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*?)(?=^\S|\Z)", re.M | re.S)


def components(lock: str) -> list[dict[str, Any]]:
    found = []
    for name, version, rest in ENTRY.findall(lock):
        plain = re.sub(r"[-_.]+", "-", name).lower()
        hashes = sorted(re.findall(r"--hash=sha256:([0-9a-f]{64})", rest))
        purl = f"pkg:pypi/{plain}@{version}"
        found.append(
            {
                "type": "library",
                "bom-ref": purl,
                "name": plain,
                "version": version,
                "purl": purl,
                "hashes": [{"alg": "SHA-256", "content": digest} for digest in hashes],
            }
        )
    return sorted(found, key=lambda one: str(one["purl"]))


def document(lock: str, version: str) -> dict[str, Any]:
    parts = components(lock)
    serial = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(parts, sort_keys=True))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {"component": {"type": "application", "bom-ref": "tongxin", "name": "tongxin", "version": version}},
        "components": parts,
        "dependencies": [{"ref": "tongxin", "dependsOn": [one["bom-ref"] for one in parts]}],
    }


def main() -> int:
    lock = (ROOT / "requirements" / "base.txt").read_text("utf-8")
    version = re.search(r'^version = "([^"]+)"', (ROOT / "pyproject.toml").read_text("utf-8"), re.M)
    sys.stdout.write(json.dumps(document(lock, version[1] if version else ""), indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
