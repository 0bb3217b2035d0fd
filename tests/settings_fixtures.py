"""The helpdesk started in a folder of its own, with settings in its environment."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bot.settings import PREFIX


def helpdesk(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """The command line, run in ``folder`` with these settings in its environment."""
    environment = {**os.environ, **{PREFIX + name: value for name, value in settings.items()}}
    command = [sys.executable, "-m", "bot.main", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=False)
