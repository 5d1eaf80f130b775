//! What cargo-c is told in the manifest, held to what is installed here: it installs the same. It is not run by the tests: to
//! build it takes longer than all of them.

use std::fs;

use serde_json::Value;

use super::{DESCRIPTION, HEADERS, LIBRSYNC, SONAME};
use crate::process::{capture, cargo, repo};

/// The package of the C library, as cargo understands it.
fn package() -> Value {
    let mut command = cargo();
    command.args(["metadata", "--no-deps", "--offline", "--format-version=1"]);
    let metadata = capture(&mut command).expect("the workspace has metadata");
    let metadata: Value = serde_json::from_str(&metadata).expect("cargo writes JSON");
    let packages = metadata["packages"].as_array().expect("a list").iter();
    packages.clone().find(|package| package["name"] == "librsync-abi").expect("it is there").clone()
}

#[test]
fn it_finds_the_package() {
    let package = package();
    assert!(package["features"]["capi"].is_array(), "cargo-c passes over packages without this feature");
    let minimum = package["metadata"]["capi"]["min_version"].as_str().expect("a text");
    let parts: Vec<_> = minimum.split('.').map(str::parse::<u32>).collect();
    assert!(
        parts.len() == 3 && parts.iter().all(Result::is_ok),
        "{minimum}: cargo-c wants all three numbers"
    );
}

#[test]
fn the_library_has_the_same_names() {
    let library = &package()["metadata"]["capi"]["library"];
    assert_eq!((&library["name"], &library["version"]), (&"rsync".into(), &LIBRSYNC.into()));
    let components = library["version_suffix_components"].as_u64().expect("a number");
    let suffix: Vec<&str> =
        LIBRSYNC.split('.').take(usize::try_from(components).expect("it is small")).collect();
    assert_eq!(format!("librsync.so.{}", suffix.join(".")), SONAME);
    // What cargo alone builds has it from here.
    let script = fs::read_to_string(repo().join("crates/librsync-abi/build.rs")).expect("a text");
    assert!(script.contains(&format!("-soname,{SONAME}\"")), "{script}");
}

#[test]
fn the_headers_are_the_same() {
    let capi = &package()["metadata"]["capi"];
    assert_eq!(
        (&capi["header"]["generation"], &capi["header"]["subdirectory"]),
        (&false.into(), &false.into())
    );
    let assets = capi["install"]["include"]["asset"].as_array().expect("a list");
    let [asset] = &assets[..] else { panic!("{assets:?}") };
    assert_eq!((&asset["from"], &asset["to"]), (&"include/*.h".into(), &"".into()));
    let entries = fs::read_dir(repo().join("crates/librsync-abi/include")).expect("a folder");
    let names = entries.map(|entry| entry.expect("it can be read").file_name().into_string().expect("ASCII"));
    let mut names: Vec<String> = names.filter(|name| name.ends_with(".h")).collect();
    names.sort_unstable();
    let mut installed = HEADERS.map(str::to_owned);
    installed.sort_unstable();
    assert_eq!(names, installed);
}

#[test]
fn pkg_config_is_told_the_same() {
    let told = &package()["metadata"]["capi"]["pkg_config"];
    for (field, value) in
        [("name", "librsync"), ("filename", "librsync"), ("description", DESCRIPTION), ("version", LIBRSYNC)]
    {
        assert_eq!(told[field], value, "{field}");
    }
}
