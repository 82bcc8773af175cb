#!/usr/bin/env bash
# Makes the virtual environment .venv, installing Debian's python3-venv when it is missing and may be installed.
set -euo pipefail
python=${PYTHON:-python3}

if ! command -v "$python" >/dev/null; then
  echo "Python is missing: install Python 3.11 or newer, or name it with make PYTHON=/path/to/python3." >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "$("$python" --version) is too old: install Python 3.11 or newer, or name it with make PYTHON=/path/to/python3." >&2
  exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
  if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
  else
    echo "Python's venv module is missing: install the package python3-venv and run make again." >&2
    exit 1
  fi
fi
# One that an interrupted set-up left without pip is made anew.
.venv/bin/python -m pip --version >/dev/null 2>&1 || "$python" -m venv --clear .venv
