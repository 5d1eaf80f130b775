#!/bin/sh
# Builds a crate's library and copies it: what the rockspecs call.
#
# usage: build.sh CRATE LIBRARY LUA FILE
#   LUA           the Lua to build for; empty for a library that is none of Lua's
# environment
#   CARGO_PROFILE the profile to build with, instead of release
set -eu

crate=$1 library=$2 lua=$3 file=$4
profile=${CARGO_PROFILE:-release}

set -- build --quiet --package "$crate" --profile "$profile"
if [ -n "$lua" ]; then
    feature=$("$lua" -e 'io.write(jit and "luajit" or "lua" .. _VERSION:gsub("%D", ""))')
    set -- "$@" --no-default-features --features "$feature"
fi
cargo "$@"

target=$(cargo metadata --no-deps --format-version 1 | sed 's/.*"target_directory":"\([^"]*\)".*/\1/')
case $profile in
dev) folder=debug ;;
*) folder=$profile ;;
esac
for built in "$target/$folder/lib$library.so" "$target/$folder/lib$library.dylib"; do
    if [ -e "$built" ]; then
        rm -f "$file"
        cp "$built" "$file"
        exit 0
    fi
done
echo "build.sh: cargo has built no lib$library in $target/$folder" >&2
exit 1
