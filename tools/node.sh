#!/usr/bin/env bash
# Checks that Node and npm are there and new enough.
set -euo pipefail

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "Node.js is missing: install Node 20 or newer, with npm, and run make again." >&2
  exit 1
fi
if ! node -e 'process.exit(Number(process.versions.node.split(".")[0]) >= 20 ? 0 : 1)'; then
  echo "Node $(node --version) is too old: install Node 20 or newer and run make again." >&2
  exit 1
fi
