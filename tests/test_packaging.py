"""What is committed installs anywhere: requirements that agree with pyproject.toml, and no address of a registry."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from typing import Any

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
FILES = ("requirements.txt", "requirements-build.txt", "requirements-dev.txt")
SCRIPTS = ("helpdesk", "tools/lock")

# Written in two halves, so that this file does not hold what it looks for.
REGISTRIES = tuple(
    ".".join(halves)
    for halves in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry.npmjs", "org"),
        ("registry.yarnpkg", "com"),
        ("deb.debian", "org"),
        ("security.debian", "org"),
        ("conda.anaconda", "org"),
        ("pypi.tuna.tsinghua.edu", "cn"),
        ("mirrors.aliyun", "com"),
        ("npmmirror", "com"),
    )
)


@dataclass(frozen=True, slots=True)
class Pin:
    """One package in a requirements file: ``name`` is canonical, ``hashes`` are what follows ``--hash=``."""

    name: str
    version: Version
    marker: Marker | None
    hashes: tuple[str, ...]


def pins(file: str) -> tuple[Pin, ...]:
    """Every package that a requirements file at the root names; options such as ``-r`` are passed over."""
    found = []
    for line in (ROOT / file).read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith(("#", "-")):
            continue
        text, *hashes = re.split(r"\s--hash=", line)
        requirement = Requirement(text.strip())
        (specifier,) = requirement.specifier
        assert specifier.operator == "==" and not requirement.url, line
        found.append(
            Pin(
                canonicalize_name(requirement.name),
                Version(specifier.version),
                requirement.marker,
                tuple(digest.strip() for digest in hashes),
            )
        )
    return tuple(found)


def project() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def wanted(file: str) -> list[Requirement]:
    """What pyproject.toml asks for directly in the part that ``file`` pins."""
    tables = {
        "requirements.txt": lambda: project()["project"]["dependencies"],
        "requirements-build.txt": lambda: project()["build-system"]["requires"],
        "requirements-dev.txt": lambda: project()["dependency-groups"]["dev"],
    }
    return [Requirement(text) for text in tables[file]()]


@pytest.mark.parametrize("file", FILES)
def test_every_line_is_pinned_and_hashed(file: str) -> None:
    found = pins(file)
    assert found
    for pin in found:
        assert pin.hashes, pin
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in pin.hashes), pin


@pytest.mark.parametrize("file", FILES)
def test_requirements_agree_with_pyproject(file: str) -> None:
    found = pins(file)
    for requirement in wanted(file):
        versions = [pin.version for pin in found if pin.name == canonicalize_name(requirement.name)]
        assert versions, f"{requirement.name} is not pinned: run tools/lock"
        for version in versions:
            assert requirement.specifier.contains(version, prereleases=True), f"{requirement}: run tools/lock"


def test_no_package_has_two_versions_at_once() -> None:
    # A package may differ by marker (by the version of Python), never between two files for one marker.
    versions: dict[tuple[str, str], set[Version]] = {}
    for pin in (pin for file in FILES for pin in pins(file)):
        versions.setdefault((pin.name, str(pin.marker)), set()).add(pin.version)
    assert {key: found for key, found in versions.items() if len(found) > 1} == {}


def test_nothing_that_a_pinned_package_needs_is_missing() -> None:
    # The launcher installs with --no-deps, so that a gap in the file would show only where the package is imported.
    names = {pin.name for pin in pins("requirements.txt")}
    direct = [need for need in wanted("requirements.txt") if need.marker is None or need.marker.evaluate()]
    missing, seen, waiting = set(), set(), list(direct)
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        for extra in {"", *requirement.extras}:
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            if name not in names:
                missing.add(name)
            try:
                needs = [Requirement(text) for text in requires(name) or ()]
            except PackageNotFoundError:  # an environment made by hand: nothing is known of this one
                continue
            waiting += [need for need in needs if need.marker is None or need.marker.evaluate({"extra": extra})]
    assert len(seen) >= len(direct) > 0
    assert missing == set()


def committed() -> list[Path]:
    """The files that git has, or would take with the next ``git add``."""
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout: nothing can be committed from here")
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True).stdout
    files = [ROOT / name.decode() for name in listed.split(b"\0") if name]
    return [file for file in files if file.is_file()]


def configured_registries() -> set[str]:
    """Hosts (with their port, if any) that pip and npm are told to use on this machine; loopback is left out."""
    settings = []
    if pip := shutil.which("pip3") or shutil.which("pip"):
        lines = subprocess.run([pip, "config", "list"], check=False, capture_output=True, text=True).stdout.splitlines()
        settings += [line for line in lines if re.match(r"\S+\.(extra-)?index-url=", line)]
    if npm := shutil.which("npm"):
        settings.append(
            subprocess.run([npm, "config", "get", "registry"], check=False, capture_output=True, text=True).stdout
        )
    hosts = {host for text in settings for host in re.findall(r"https?://(?:[^/@\s]*@)?([^/\s'\"]+)", text)}
    return {host for host in hosts if not re.match(r"localhost|127\.|\[::1\]", host)}


def test_no_committed_file_holds_the_address_of_a_registry() -> None:
    hosts = {host.encode() for host in {*REGISTRIES, *configured_registries()}}
    found = [
        f"{file.relative_to(ROOT)}: {host.decode()}"
        for file in committed()
        for host in hosts
        if host in file.read_bytes().lower()
    ]
    assert found == []


def test_no_lock_file_with_addresses_is_committed() -> None:
    # Their format names the address that each package came from.
    locks = {"uv.lock", "poetry.lock", "pdm.lock", "pylock.toml", "Pipfile.lock", "package-lock.json", "yarn.lock"}
    assert [file.name for file in committed() if file.name in locks] == []


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("shell", ["sh", "dash", "busybox"])
def test_scripts_parse_in_every_posix_shell(script: str, shell: str) -> None:
    path = shutil.which(shell) or pytest.skip(f"{shell} is not installed")
    command = [path, "sh"] if shell == "busybox" else [path]
    result = subprocess.run([*command, "-n", str(ROOT / script)], check=False, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.parametrize("script", [*SCRIPTS, ".ci/run"])
def test_scripts_pass_shellcheck(script: str) -> None:
    path = shutil.which("shellcheck") or pytest.skip("shellcheck is not installed")
    result = subprocess.run([path, str(ROOT / script)], check=False, capture_output=True, text=True)
    assert (result.returncode, result.stdout) == (0, "")


@pytest.mark.parametrize("script", [*SCRIPTS, ".ci/run"])
def test_scripts_can_be_executed(script: str) -> None:
    assert (ROOT / script).stat().st_mode & 0o111 == 0o111
