#!/bin/sh
# Installs what the comparisons with real counterparts need (Debian, Ubuntu). Whatever is there already is left alone;
# without root it says what is missing and leaves the rest to test/skips.json and the person in front.
#   scripts/install-debian.sh           the tests' counterparts
#   scripts/install-debian.sh bench     also the simulator that the benchmarks build against
set -eu

packages='tshark python3 python3-requests iproute2 iputils-arping iputils-ping traceroute bind9 bind9-dnsutils bind9-host curl netcat-openbsd nginx-light tcpdump dash procps redis-server mariadb-server mariadb-client psmisc lsof strace xxd bsdextrautils chromium'
[ "${1:-}" != bench ] || packages="$packages g++ libns3-dev"

if ! command -v apt-get >/dev/null 2>&1; then
  echo "install-debian: no apt-get here; the real counterparts need: $packages" >&2
  exit 0
fi

missing=''
for package in $packages; do
  dpkg-query -W -f '${db:Status-Status}\n' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ]; then
  echo "install-debian: not root, so these stay missing:$missing" >&2
  exit 0
fi

export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
# shellcheck disable=SC2086
apt-get install -y -qq --no-install-recommends $missing
