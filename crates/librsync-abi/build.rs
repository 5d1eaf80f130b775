//! Gives the shared library the name under which programs know librsync.

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let os = std::env::var("CARGO_CFG_TARGET_OS").unwrap_or_default();
    if !matches!(&os[..], "macos" | "windows") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,-soname,librsync.so.2");
    }
}
