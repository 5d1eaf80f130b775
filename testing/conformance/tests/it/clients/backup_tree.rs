//! A tree of files that changes from version to version.

use std::collections::BTreeMap;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use rollsync_conformance::Random;

/// How many versions there are.
pub(super) const VERSIONS: usize = 3;

/// What stands at a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    File(u32, Vec<u8>),
    Folder,
    Link(PathBuf),
}

/// Puts version `number` of the tree in the place of what is at `folder`; what there is then.
pub(super) fn write(folder: &Path, number: usize) -> BTreeMap<PathBuf, Entry> {
    if folder.exists() {
        fs::remove_dir_all(folder).expect("it is ours");
    }
    let mut tree = BTreeMap::new();
    let mut file = |name: String, mode, bytes| tree.insert(name.into(), Entry::File(mode, bytes));
    file("large".into(), 0o644, edited(1, 400_000, 256, number));
    file("of equal blocks".into(), 0o600, edited(2, 100_000, 1, number));
    file("text".into(), 0o755, b"one line and another\n".repeat(100 + 900 * number));
    file("now and then".into(), 0o644, if number == 1 { edited(3, 5_000, 256, 0) } else { Vec::new() });
    file(format!("of version {number}"), 0o644, edited(4, 3_000, 256, number));
    file("naïve \"name\"".into(), 0o444, edited(5, 70_000, 4, number));
    file(format!("folder {}/moved", number % 2), 0o644, edited(6, 20_000, 256, 0));
    tree.insert(format!("folder {}", number % 2).into(), Entry::Folder);
    tree.insert("link".into(), Entry::Link(format!("of version {number}").into()));

    fs::create_dir(folder).expect("its parent is there");
    for (name, entry) in &tree {
        let path = folder.join(name);
        match entry {
            Entry::Folder => fs::create_dir(path).expect("it is new"),
            Entry::Link(target) => symlink(target, path).expect("it is new"),
            Entry::File(mode, bytes) => {
                fs::write(&path, bytes).expect("its folder comes first");
                // Both programs look at seconds, of which a test has few.
                let seconds = Duration::from_secs(900_000_000 + 1_000 * number as u64);
                let opened = File::options().append(true).open(&path).expect("it is there");
                opened.set_modified(SystemTime::UNIX_EPOCH + seconds).expect("it is ours");
                fs::set_permissions(path, Permissions::from_mode(*mode)).expect("it is ours");
            }
        }
    }
    tree
}

/// What there is below `folder`.
pub(super) fn read(folder: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut tree = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("it is a folder") {
            let path = entry.expect("it can be read").path();
            let metadata = path.symlink_metadata().expect("it is there");
            let entry = if metadata.is_dir() {
                folders.push(path.clone());
                Entry::Folder
            } else if metadata.is_symlink() {
                Entry::Link(fs::read_link(&path).expect("it is a link"))
            } else {
                let bytes = fs::read(&path).expect("it is a file");
                Entry::File(metadata.permissions().mode() & 0o777, bytes)
            };
            tree.insert(path.strip_prefix(folder).expect("it lies there").to_owned(), entry);
        }
    }
    tree
}

/// Bytes of `symbols`, after so many rounds of edits.
fn edited(seed: u64, len: usize, symbols: u16, rounds: usize) -> Vec<u8> {
    let mut random = Random::new(seed);
    let mut bytes = random.bytes(len, symbols);
    for _ in 0..rounds {
        for _ in 0..4 {
            let at = random.below(bytes.len());
            let (gone, come) = (random.below(3_000).min(bytes.len() - at), random.below(3_000));
            bytes.splice(at..at + gone, random.bytes(come, symbols.max(2)));
        }
        // Longer than the longest literal of librsync 2.3.2.
        let at = random.below(bytes.len());
        bytes.splice(at..at, random.bytes(len / 8, symbols.max(2)));
    }
    bytes
}
