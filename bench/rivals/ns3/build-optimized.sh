#!/bin/sh
# Builds ns-3 from Debian's source package in its optimized profile (-O3 -march=native, logs and asserts off) and
# installs it: build-optimized.sh PREFIX. Debian's own package has the log points compiled in, so beating it proves
# less. Needs g++, cmake and ninja; takes several minutes and 1 GB, once. Changes nothing outside PREFIX.
set -eu
mkdir -p "${1:?usage: build-optimized.sh PREFIX}"
prefix=$(cd "$1" && pwd)
[ ! -e "$prefix/lib/.done" ] || exit 0
work="$prefix/source"
mkdir -p "$work/lists/partial" "$work/parts"
cd "$work"

# A source list of its own: the machine's list stays as it is.
. /etc/os-release
echo "deb-src [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://deb.debian.org/debian $VERSION_CODENAME main" >src.list
apt="apt-get -o Dir::Etc::sourcelist=$work/src.list -o Dir::Etc::sourceparts=$work/parts -o Dir::State::lists=$work/lists"
$apt update -qq
[ -d ns3-*/ ] 2>/dev/null || $apt source -qq ns3 2>/dev/null

cd "$(ls -d ns3-*/ns-3*/ | head -1)"
cmake -S . -B build-optimized -G Ninja -DCMAKE_BUILD_TYPE=release -DNS3_NATIVE_OPTIMIZATIONS=ON \
  -DNS3_LOG=OFF -DNS3_ASSERT=OFF -DNS3_EXAMPLES=OFF -DNS3_TESTS=OFF -DNS3_PYTHON_BINDINGS=OFF -DNS3_WARNINGS=OFF -DNS3_WARNINGS_AS_ERRORS=OFF \
  -DNS3_ENABLED_MODULES='applications;csma;bridge;point-to-point;internet;traffic-control;network;stats;core' \
  -DCMAKE_INSTALL_PREFIX="$prefix" -DCMAKE_INSTALL_LIBDIR=lib >configure.log
nice cmake --build build-optimized --target install >build.log
touch "$prefix/lib/.done"
rm -rf "$work"
