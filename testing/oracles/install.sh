#!/usr/bin/env bash
# Finds the real librsync builds that the conformance tests run beside rollsync, installs what is missing, and
# prints what is there:
#   rdiff 2.3.2 and its headers   Debian 12's packages rdiff and librsync-dev
#   abidiff, valgrind, pkg-config Debian's packages abigail-tools, valgrind and pkg-config: they look at our librsync.so.2
#   rdiff-backup, duplicity       Debian's packages: programs that load librsync
#   python-librsync               from PyPI, unpacked into .oracles/python-librsync-0.1-5: loads it by ctypes
#   mono, mcs, System.Net.Http    Debian's packages mono-runtime, mono-mcs and libmono-system-net-http4.0-cil: the .NET binding
#   five Luas, luarocks           Debian's packages lua5.1 to lua5.4, luajit, luarocks, lua-socket, liblua5.1-dev to
#                                 liblua5.4-dev: for the Lua bindings
#   librsync.so 2.3.4             from the PyPI wheel of duplicity, put into .oracles/librsync-2.3.4/librsync.so
#   maturin, mypy                 from PyPI, put into .oracles/python: they build the Python binding's wheel, and check its types
#
# usage: testing/oracles/install.sh
#   ROLLSYNC_ORACLE_LIBRSYNC=FILE   use this library as librsync 2.3.4
#   REQUIRE_ORACLE=1                exit 1 when something cannot be had (otherwise: say SKIPPED, exit 0)
set -euo pipefail

repo=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
oracles=$repo/.oracles
rdiff_version=2.3.2
librsync_version=2.3.4
librsync_dir=$oracles/librsync-$librsync_version
# Any CPython's wheel carries the same kind of library; these are the ones for 3.11, by sha256.
wheel=duplicity==3.2.1
declare -A wheel_sha256=(
    [x86_64]=be268884a4218d5e298ac0711f47c38805cb4de2728d29685022ef1dd9d37e1e
    [aarch64]=5c43487dbf0da0e01597ac422dee9c73d9df703ed39ba61396d72eeda945a72f
)
mono_http=/usr/lib/mono/4.5/System.Net.Http.dll
# Loads whichever librsync.so.2 the loader finds.
ctypes_package=python-librsync==0.1-5
ctypes_sha256=9f4fcb94f5cbffb281b2c8caafe635c0859809e3f9fddac5f1b717b10c78e776
ctypes_dir=$oracles/python-librsync-0.1-5
python_dir=$oracles/python
python_tools=(maturin==1.16.0 mypy==2.4.1)
missing=0

main() {
    mkdir -p "$oracles"
    debian_packages
    librsync
    ctypes_program
    python_tools
    if [ "$missing" -gt 0 ] && [ "${REQUIRE_ORACLE:-}" = 1 ]; then
        echo "FAILED: $missing oracle(s) missing and REQUIRE_ORACLE=1" >&2
        exit 1
    fi
}

found() { printf 'oracle   %-24s %s\n' "$1" "$2"; }

skipped() {
    missing=$((missing + 1))
    printf '\nSKIPPED: %s\n\n' "$1"
}

# ---- Debian's rdiff and librsync-dev -------------------------------------------------------------------------

debian_packages() {
    local packages=()
    command -v rdiff >/dev/null || packages+=(rdiff)
    [ -e /usr/include/librsync.h ] || packages+=(librsync-dev)
    command -v abidiff >/dev/null || packages+=(abigail-tools)
    local program
    for program in valgrind pkg-config rdiff-backup duplicity; do
        command -v "$program" >/dev/null || packages+=("$program")
    done
    command -v mono >/dev/null || packages+=(mono-runtime)
    command -v mcs >/dev/null || packages+=(mono-mcs)
    [ -e "$mono_http" ] || packages+=(libmono-system-net-http4.0-cil)
    local lua
    for lua in lua5.1 lua5.2 lua5.3 lua5.4 luajit luarocks; do
        command -v "$lua" >/dev/null || packages+=("$lua")
    done
    lua5.4 -e 'require "socket"' 2>/dev/null || packages+=(lua-socket)
    # luarocks wants the headers of its Lua, whatever a rock is built from.
    for lua in 5.1 5.2 5.3 5.4; do
        [ -e "/usr/include/lua$lua/lua.h" ] || packages+=("liblua$lua-dev")
    done
    python3 -c 'import ensurepip, venv' 2>/dev/null || packages+=(python3-venv)
    if [ ${#packages[@]} -gt 0 ] && ! apt_install "${packages[@]}"; then
        sed 's/^/  | /' "$oracles/apt.log"
    fi
    report_rdiff
    report_header
    report_tool abidiff abigail-tools
    report_tool valgrind valgrind
    report_tool pkg-config pkg-config
    report_tool rdiff-backup rdiff-backup
    report_tool duplicity duplicity
    report_tool mono mono-runtime
    report_tool mcs mono-mcs
    report_mono_http
    for lua in lua5.1 lua5.2 lua5.3 lua5.4 luajit luarocks; do
        report_tool "$lua" "$lua"
    done
    if lua5.4 -e 'require "socket"' 2>/dev/null; then
        found lua-socket "lua5.4 -e 'require \"socket\"'"
    else
        skipped "lua5.4 finds no lua-socket (Debian package lua-socket): the upload example in Lua is not run"
    fi
}

report_tool() {
    if command -v "$1" >/dev/null; then
        found "$1" "$(command -v "$1")"
    else
        skipped "$1 is not installed (Debian package $2)"
    fi
}

report_mono_http() {
    if [ -e "$mono_http" ]; then
        found System.Net.Http "$mono_http"
    else
        skipped "no $mono_http (Debian package libmono-system-net-http4.0-cil)"
    fi
}

# Leaves its reasons in apt.log when it fails.
apt_install() {
    local as_root=()
    if ! command -v apt-get >/dev/null; then
        echo "no apt-get on this machine: install $* by hand" >"$oracles/apt.log"
        return 1
    elif [ "$(id -u)" != 0 ]; then
        if ! sudo -n true 2>/dev/null; then
            echo "neither root nor sudo without a password: run apt-get install $*" >"$oracles/apt.log"
            return 1
        fi
        as_root=(sudo -n)
    fi
    echo "installing $* with apt-get"
    local apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -y -o DPkg::Lock::Timeout=120)
    local install=("${apt[@]}" install --no-install-recommends "$@")
    # A new machine has no package lists yet, an old one has stale ones: both are cured by an update.
    "${install[@]}" </dev/null >"$oracles/apt.log" 2>&1 || {
        "${apt[@]}" update </dev/null >"$oracles/apt.log" 2>&1 &&
            "${install[@]}" </dev/null >>"$oracles/apt.log" 2>&1
    }
}

report_rdiff() {
    local path version
    if ! path=$(command -v rdiff); then
        skipped "no rdiff $rdiff_version: conformance with Debian's rdiff is not tested"
        return
    fi
    version=$("$path" --version 2>/dev/null | sed -n '1s/^rdiff (librsync \([0-9.]*\)).*/\1/p') || true
    if [ "$version" = "$rdiff_version" ]; then
        found "rdiff $version" "$path"
    else
        skipped "$path is version '$version', not $rdiff_version: conformance with Debian 12's rdiff is not tested"
    fi
}

report_header() {
    if [ -e /usr/include/librsync.h ]; then
        found "librsync.h" /usr/include/librsync.h
    else
        skipped "no librsync-dev: nothing can be compiled against the real librsync"
    fi
}

# ---- librsync 2.3.4 from the wheel ---------------------------------------------------------------------------

librsync() {
    local given=${ROLLSYNC_ORACLE_LIBRSYNC:-}
    if [ -n "$given" ]; then
        if loads "$given"; then
            found "librsync $librsync_version" "$given (ROLLSYNC_ORACLE_LIBRSYNC)"
        else
            skipped "ROLLSYNC_ORACLE_LIBRSYNC=$given is not a loadable librsync $librsync_version"
        fi
        return
    fi
    if ! loads "$librsync_dir/librsync.so"; then
        fetch_librsync >"$oracles/librsync.log" 2>&1 || {
            sed 's/^/  | /' "$oracles/librsync.log"
            skipped "no librsync $librsync_version: $(tail -n 1 "$oracles/librsync.log")"
            return
        }
    fi
    found "librsync $librsync_version" "$librsync_dir/librsync.so"
}

# The last line it prints when it fails is the reason.
fetch_librsync() {
    local arch sha256 download part library
    arch=$(uname -m)
    sha256=${wheel_sha256[$arch]:-}
    [ -n "$sha256" ] || { echo "no wheel of $wheel for $arch is recorded here" && return 1; }
    getconf GNU_LIBC_VERSION >/dev/null 2>&1 || { echo "the wheel's library needs glibc" && return 1; }
    python3 -m pip --version >/dev/null 2>&1 || { echo "python3 with pip is not on this machine" && return 1; }

    download=$oracles/download
    part=$librsync_dir.part
    rm -rf "$part"
    mkdir -p "$download" "$part"
    echo "$wheel --hash=sha256:$sha256" >"$download/requirements.txt"
    python3 -m pip --quiet download --no-deps --require-hashes --only-binary :all: \
        --implementation cp --python-version 3.11 --platform "manylinux2014_$arch" \
        --dest "$download" --requirement "$download/requirements.txt" </dev/null || return 1

    # The libraries that the wheel brings find each other by an $ORIGIN run path: they stay side by side.
    python3 - "$download/duplicity-"*"_$arch.whl" "$part" <<'PYTHON' || return 1
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.startswith("duplicity.libs/") and not name.endswith("/"):
            with open(os.path.join(sys.argv[2], os.path.basename(name)), "wb") as out:
                out.write(wheel.read(name))
PYTHON
    library=$(cd "$part" && echo librsync-*.so."$librsync_version")
    [ -e "$part/$library" ] || { echo "the wheel holds no librsync-*.so.$librsync_version" && return 1; }
    ln -s "$library" "$part/librsync.so"
    loads "$part/librsync.so" || { echo "the wheel's library does not load as librsync $librsync_version" && return 1; }
    rm -rf "$librsync_dir"
    mv "$part" "$librsync_dir"
}

# ---- a program that loads librsync by ctypes ------------------------------------------------------------------

ctypes_program() {
    if [ ! -e "$ctypes_dir/librsync/__init__.py" ]; then
        fetch_ctypes_program >"$oracles/ctypes.log" 2>&1 || {
            sed 's/^/  | /' "$oracles/ctypes.log"
            skipped "no $ctypes_package: $(tail -n 1 "$oracles/ctypes.log")"
            return
        }
    fi
    found "$ctypes_package" "$ctypes_dir"
}

# The last line it prints when it fails is the reason. The package is unpacked, not installed: it is one file of Python.
fetch_ctypes_program() {
    python3 -m pip --version >/dev/null 2>&1 || { echo "python3 with pip is not on this machine" && return 1; }
    local download=$oracles/download
    mkdir -p "$download"
    echo "$ctypes_package --hash=sha256:$ctypes_sha256" >"$download/ctypes-requirements.txt"
    python3 -m pip --quiet download --no-deps --require-hashes \
        --dest "$download" --requirement "$download/ctypes-requirements.txt" </dev/null || return 1
    rm -rf "$ctypes_dir"
    tar -C "$oracles" -xzf "$download/${ctypes_package/==/-}.tar.gz" || { echo "it cannot be unpacked" && return 1; }
}

# ---- what the Python binding is built and checked with ----------------------------------------------------------

python_tools() {
    if ! has_python_tools; then
        fetch_python_tools >"$oracles/python.log" 2>&1 || {
            sed 's/^/  | /' "$oracles/python.log"
            skipped "no ${python_tools[*]}: the Python binding's wheel is not built, its types are not checked"
            return
        }
    fi
    found "${python_tools[*]}" "$python_dir/bin"
}

fetch_python_tools() {
    rm -rf "$python_dir"
    python3 -m venv "$python_dir" || return 1
    "$python_dir/bin/python" -m pip --quiet --disable-pip-version-check install --only-binary :all: \
        "${python_tools[@]}" </dev/null || return 1
    has_python_tools
}

has_python_tools() {
    "$python_dir/bin/python" - "${python_tools[@]}" 2>/dev/null <<'PYTHON'
import sys
from importlib.metadata import version
sys.exit(any(version(name) != wanted for name, wanted in (tool.split("==") for tool in sys.argv[1:])))
PYTHON
}

# loads FILE: whether FILE loads and calls itself librsync 2.3.4.
loads() {
    [ -e "$1" ] && python3 - "$1" "librsync $librsync_version" 2>/dev/null <<'PYTHON'
import ctypes, os, sys
version = ctypes.c_char.in_dll(ctypes.CDLL(os.path.abspath(sys.argv[1])), "rs_librsync_version")
sys.exit(ctypes.string_at(ctypes.addressof(version)).decode() != sys.argv[2])
PYTHON
}

main "$@"
