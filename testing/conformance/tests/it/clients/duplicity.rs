//! Debian's `duplicity`: what it backs up on one library it restores on the other. (The wheel of PyPI brings a librsync of
//! its own.)

use std::fs;

use rollsync_conformance::{Client, Tool, present};

use super::backup_tree::{self, VERSIONS};
use super::{time, unpacked};

#[test]
fn full_incremental_restore_and_verify() {
    let Some(tool) = present(Tool::of_machine("duplicity", &["--version"], "duplicity 0.8.22")) else {
        return;
    };
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let folder = folder.path();
    let home = folder.join("home");
    fs::create_dir(&home).expect("the folder is new");
    let clients = Client::both(&tool.with_variable("HOME", &home.to_string_lossy()));
    let names = ["real", "ours"];
    let url = |repository: &str| format!("file://{}/{repository}", folder.display());
    // What it remembers of a repository is kept apart, so that each restore reads the repository alone.
    let asked = |client: &Client, memory: &str, words: &[&str]| {
        let cache = folder.join("memory").join(memory);
        fs::create_dir_all(&cache).expect("the folder is ours");
        let cache = cache.to_string_lossy();
        client.done(folder, [words, &["--no-encryption", "--archive-dir", &*cache]].concat())
    };
    let mut versions = Vec::new();
    for number in 0..VERSIONS {
        versions.push(backup_tree::write(&folder.join("source"), number));
        let kind = if number == 0 { "full" } else { "incremental" };
        for (client, name) in clients.iter().zip(names) {
            asked(client, name, &[kind, "--current-time", &time(number), "source", &url(name)]);
        }
    }

    // Tar files: of signatures, and of new files and deltas.
    let [real, ours] = names.map(|name| unpacked(&folder.join(name), |file| !file.ends_with(".manifest")));
    assert!(real == ours, "signatures or deltas differ");
    assert_eq!(ours.len(), 2 * VERSIONS);

    for (client, by) in clients.iter().zip(names) {
        for of in names {
            for (number, version) in versions.iter().enumerate() {
                let to = format!("{of}-by-{by}-{number}");
                asked(client, &to, &["restore", "--time", &time(number), &url(of), &to]);
                assert!(backup_tree::read(&folder.join(&to)) == *version, "{to}");
                asked(client, &to, &["verify", "--compare-data", "--time", &time(number), &url(of), &to]);
            }
        }
    }
}
