#!/bin/sh
# Runs the kernels' tests for aarch64 under qemu-user, with Debian's packages unpacked into a cache folder: nothing is
# installed. Needs a Debian 12 amd64 with its security archive, cargo, and about 1.5 GB in the cache folder.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
cache=${NEON_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/rollsync-neon}
root=$cache/root
if [ ! -e "$cache/ready" ]; then
    mkdir -p "$cache/lists/partial" "$cache/archives/partial" "$cache/debs" "$root"
    apt="-o Dir::State::lists=$cache/lists -o Dir::Cache=$cache -o APT::Architectures::=amd64
        -o APT::Architectures::=arm64 -o APT::Sandbox::User=$(id -un)"
    apt-get $apt -qq update
    version=$(apt-cache $apt depends libstd-rust-web-dev:arm64 | grep -o 'libstd-rust-web-[0-9][0-9.]*' | head -1)
    llvm=$(apt-cache $apt depends "$version:amd64" rustc-web:amd64 | grep -o 'libllvm[0-9]*' | sort -u | tail -1)
    (cd "$cache/debs" && apt-get $apt -qq download rustc-web:amd64 libstd-rust-web-dev:amd64 "$version:amd64" \
        libstd-rust-web-dev:arm64 "$version:arm64" "$llvm:amd64" gcc-12-aarch64-linux-gnu cpp-12-aarch64-linux-gnu \
        binutils-aarch64-linux-gnu libgcc-12-dev-arm64-cross libgcc-s1-arm64-cross libc6-dev-arm64-cross \
        libc6-arm64-cross qemu-user-static)
    for package in "$cache"/debs/*.deb; do dpkg -x "$package" "$root"; done
    cat > "$cache/aarch64-gcc" <<END
#!/bin/sh
export LD_LIBRARY_PATH=$root/usr/lib/x86_64-linux-gnu PATH=$root/usr/bin:\$PATH
exec $root/usr/bin/aarch64-linux-gnu-gcc-12 --sysroot=$root -B$root/usr/aarch64-linux-gnu/lib -B$root/usr/aarch64-linux-gnu/bin "\$@"
END
    chmod +x "$cache/aarch64-gcc"
    touch "$cache/ready"
fi
export RUSTC="$root/usr/bin/rustc" LD_LIBRARY_PATH="$root/usr/lib/x86_64-linux-gnu"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER="$cache/aarch64-gcc"
export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="$root/usr/bin/qemu-aarch64-static -L $root/usr/aarch64-linux-gnu"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$here/target}/neon"
cd "$here"
exec cargo test -p rollsync-kernels --target aarch64-unknown-linux-gnu --lib --tests "$@"
