//! `rdiff-backup`: what it backs up on one library it restores on the other.

use rollsync_conformance::{Client, Tool, present};

use super::backup_tree::{self, VERSIONS};
use super::{time, unpacked};

#[test]
fn backup_increments_restore_and_verify() {
    let Some(tool) = present(Tool::of_machine("rdiff-backup", &["--version"], "rdiff-backup 2.2.2")) else {
        return;
    };
    let clients = Client::both(&tool);
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let folder = folder.path();
    let repositories = ["of-the-real-one", "of-ours"];
    // Restoring with API 201, release 2.2.2 fails on any library.
    let asked = |client: &Client, more: &[&str]| {
        client.done(folder, [&["--api-version", "200", "--no-fsync"], more].concat())
    };
    let mut versions = Vec::new();
    for number in 0..VERSIONS {
        versions.push(backup_tree::write(&folder.join("source"), number));
        for (client, repository) in clients.iter().zip(repositories) {
            asked(client, &["--current-time", &time(number), "backup", "source", repository]);
        }
    }

    let [real, ours] = repositories
        .map(|repository| unpacked(&folder.join(repository).join("rdiff-backup-data/increments"), |_| true));
    assert!(real == ours, "the increments differ");
    let deltas = ours.iter().filter(|(name, _)| name.to_string_lossy().ends_with(".diff.gz"));
    assert!(deltas.count() > 2 * VERSIONS, "they are made of deltas");

    for (client, restored) in clients.iter().zip(["by-the-real-one", "by-ours"]) {
        for repository in repositories {
            for (number, version) in versions.iter().enumerate() {
                let to = format!("{restored}-{repository}-{number}");
                asked(client, &["restore", "--at", &time(number), repository, &to]);
                assert!(backup_tree::read(&folder.join(&to)) == *version, "{to}");
                asked(client, &["verify", "--at", &time(number), repository]);
            }
        }
    }
}
