#!/usr/bin/env bash
# Sees to it that the tests have a browser: $ATLAS_CHROME, an installed one, or Debian's package chromium.
set -euo pipefail

if [ -n "${ATLAS_CHROME:-}" ]; then
  command -v "$ATLAS_CHROME" >/dev/null && exit 0
  echo "ATLAS_CHROME names $ATLAS_CHROME, which cannot be run: name an installed Chrome or Chromium." >&2
  exit 1
fi
for name in chromium google-chrome google-chrome-stable; do
  command -v "$name" >/dev/null && exit 0
done
if command -v apt-get >/dev/null && [ "$(id -u)" = 0 ]; then
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
else
  echo "The tests need a browser: install Chromium or Chrome, or name one in ATLAS_CHROME." >&2
  exit 1
fi
