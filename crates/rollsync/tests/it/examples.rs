//! Every example runs to its end; each checks its own result.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn each_runs_and_says_what_it_did() {
    for (name, said) in [
        ("backup_chain", "all 6 versions restored"),
        ("five_steps", "rollsync: 2976 bytes are copied, 45 are sent"),
        ("http_upload", "a broken delta: 422 delta ends at offset 6 inside a command"),
        ("poll", if cfg!(unix) { "3000007 bytes out" } else { "this example takes `poll`" }),
        ("socket", "the new file has 2288903 bytes"),
    ] {
        let output = Command::new(binary(name)).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{name}: {}\n{out}{err}", output.status);
        assert!(out.contains(said), "{name}: {out}");
        assert_eq!(err, "", "{name}");
    }
}

#[test]
fn none_is_left_out() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["backup_chain.rs", "five_steps.rs", "http_upload.rs", "poll.rs", "socket.rs"]);
}

/// Where `cargo test` has built an example: beside the folder of this test's own binary. When only this test was built,
/// the example is built now.
fn binary(name: &str) -> PathBuf {
    let this = std::env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let path = profile.join("examples").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if !path.exists() {
        let target = profile.parent().unwrap();
        let status = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--manifest-path", concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")])
            .args(["--example", name])
            .arg("--target-dir")
            .arg(target)
            .status();
        assert!(status.unwrap().success(), "{name} is built");
    }
    path
}
