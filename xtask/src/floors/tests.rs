use serde_json::{Value, json};

use super::{broken, crates};

/// A crate, its folder, and its dependencies, each with its kind: null, "build" or "dev".
type Row<'a> = (&'a str, &'a str, &'a [(&'a str, Value)]);

fn metadata(rows: &[Row<'_>]) -> Value {
    let package = |(name, folder, needs): &Row<'_>| {
        let needs: Vec<Value> =
            needs.iter().map(|(name, kind)| json!({ "name": name, "kind": kind })).collect();
        json!({ "name": name, "manifest_path": format!("/repo/{folder}/Cargo.toml"), "dependencies": needs })
    };
    json!({ "workspace_root": "/repo", "packages": rows.iter().map(package).collect::<Vec<_>>() })
}

fn normal(name: &str) -> (&str, Value) {
    (name, Value::Null)
}

/// The house as it should be, with one more row.
fn house_with(row: Row<'_>) -> Vec<String> {
    let house: [Row<'_>; 8] = [
        ("rollsync-kernels", "crates/kernels", &[]),
        ("rollsync-core", "crates/core", &[normal("rollsync-kernels"), normal("blake2b_simd")]),
        (
            "rollsync",
            "crates/rollsync",
            &[normal("rollsync-core"), normal("tempfile"), normal("rollsync-kernels")],
        ),
        ("librsync-abi", "crates/librsync-abi", &[normal("rollsync")]),
        ("rollsync-net", "crates/net", &[normal("rollsync")]),
        ("rollsync-cli", "crates/cli", &[normal("rollsync"), normal("rollsync-net"), normal("clap")]),
        ("rollsync-lua", "bindings/lua", &[normal("rollsync")]),
        ("rollsync-reference", "testing/reference", &[normal("md4"), normal("rollsync-core")]),
    ];
    let rows: Vec<_> = house.into_iter().filter(|kept| kept.0 != row.0).chain([row]).collect();
    broken(&crates(&metadata(&rows)).expect("well-formed metadata"))
}

#[test]
fn the_house_stands() {
    assert_eq!(
        house_with(("xtask", "xtask", &[normal("rollsync-cli"), normal("rollsync-kernels")])),
        [""; 0]
    );
}

#[test]
fn a_dependency_upwards_is_found() {
    assert_eq!(
        house_with(("rollsync-core", "crates/core", &[normal("rollsync")])),
        ["rollsync-core (F1) depends on rollsync, up on F2"]
    );
    assert_eq!(
        house_with(("rollsync-kernels", "crates/kernels", &[("rollsync-core", json!("build"))])),
        ["rollsync-kernels (F0) depends on rollsync-core, up on F1"]
    );
}

#[test]
fn a_dependency_sideways_is_found() {
    assert_eq!(
        house_with(("rollsync-net", "crates/net", &[normal("librsync-abi")])),
        ["rollsync-net (F3) depends on librsync-abi, sideways on F3"]
    );
    assert_eq!(
        house_with(("rollsync-lua", "bindings/lua", &[normal("rollsync-cli")])),
        ["rollsync-lua (F4) depends on rollsync-cli, sideways on F4"]
    );
}

#[test]
fn what_stands_beside_is_for_dev_dependencies() {
    assert_eq!(house_with(("rollsync", "crates/rollsync", &[("rollsync-reference", json!("dev"))])), [""; 0]);
    assert_eq!(
        house_with(("rollsync", "crates/rollsync", &[normal("rollsync-reference")])),
        ["rollsync (F2) depends on rollsync-reference, which is no product crate: only a dev-dependency may"]
    );
}

#[test]
fn the_lean_floors_take_nothing_else_from_outside() {
    assert_eq!(
        house_with(("rollsync-kernels", "crates/kernels", &[normal("libc"), normal("blake2b_simd")])),
        ["rollsync-kernels (F0) depends on libc, from outside: up to F1 only blake2b_simd, blake3 may"]
    );
    assert_eq!(
        house_with(("rollsync-core", "crates/core", &[("cc", json!("build")), ("proptest", json!("dev"))])),
        ["rollsync-core (F1) depends on cc, from outside: up to F1 only blake2b_simd, blake3 may"]
    );
}

#[test]
fn a_crate_without_a_floor_is_an_error() {
    let metadata = metadata(&[("rollsync-new", "crates/new", &[])]);
    let why = crates(&metadata).err().expect("nobody placed it");
    assert!(why.starts_with("rollsync-new (crates/new/Cargo.toml) has no floor"), "{why}");
}
