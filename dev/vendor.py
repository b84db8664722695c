"""Fetch what vendor.toml names and write static/vendor/ with a manifest of hashes.

Needs npm. Raises SystemExit when a tarball is not the one whose hash stands in vendor.toml.
"""

import base64
import hashlib
import json
import shutil
import subprocess
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
VENDOR = ROOT / "static" / "vendor"


def packages() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = tomllib.loads((ROOT / "vendor.toml").read_text())["package"]
    return found


def integrity(algorithm: str, data: bytes) -> str:
    """The hash as browsers and npm write it: `sha384-<base64>`."""
    return f"{algorithm}-{base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


def unpack(package: dict[str, Any], folder: Path) -> Path:
    """The unpacked package, after its tarball was compared with the hash in vendor.toml."""
    wanted = f"{package['name']}@{package['version']}"
    packed = subprocess.run(  # noqa: S603
        ["npm", "pack", "--silent", "--json", wanted],  # noqa: S607
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    )
    tarball = folder / json.loads(packed.stdout)[0]["filename"]
    if integrity("sha512", tarball.read_bytes()) != package["integrity"]:
        raise SystemExit(f"{wanted} is not the package whose hash stands in vendor.toml.")
    with tarfile.open(tarball) as archive:
        archive.extractall(folder / package["name"], filter="data")
    return folder / package["name"] / "package"


def copy(package: dict[str, Any], source: Path) -> dict[str, Any]:
    """Copy the wanted files flat into static/vendor/<name>-<version>/ and say what was copied."""
    home = VENDOR / f"{package['name']}-{package['version']}"
    home.mkdir(parents=True)
    for file in package["files"]:
        shutil.copyfile(source / file, home / Path(file).name)
    copied = {
        str(file.relative_to(VENDOR)): integrity("sha384", file.read_bytes()) for file in home.iterdir()
    }
    return {
        "package": package["name"],
        "version": package["version"],
        "licence": package["licence"],
        "files": dict(sorted(copied.items())),
    }


def main() -> None:
    shutil.rmtree(VENDOR, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        copied = [copy(package, unpack(package, Path(folder))) for package in packages()]
    (VENDOR / "VENDOR.json").write_text(json.dumps(copied, indent=2) + "\n")


if __name__ == "__main__":
    main()
