"""One Python environment for each peer's package, so that their dependencies cannot conflict."""

import os
import subprocess
import sys


class InstallError(Exception):
    """The package could not be installed; the message is the installer's last word."""


def python_with(requirements, cache):
    """The Python that has the requirements, installed on first use."""
    package = requirements[0].split("==")[0]
    folder = os.path.join(cache, package)
    python, marker = os.path.join(folder, "bin", "python"), os.path.join(folder, "installed.txt")
    wanted = " ".join(requirements)
    if os.path.exists(marker):
        with open(marker) as file:
            if file.read() == wanted:
                return python
    for command in ([sys.executable, "-m", "venv", folder],
                    [python, "-m", "pip", "install", "-q", "numpy", "threadpoolctl", *requirements]):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise InstallError("not installed: " + (done.stdout.strip().splitlines() or ["no reason given"])[-1])
    with open(marker, "w") as file:
        file.write(wanted)
    return python
