//! What stands under an output's name, whatever happens.

use crate::data::Random;
use rollsync::{FileBacked, OutputError, OutputFile, OutputOptions, OutputStep};
use std::{
    fs::{self, File, OpenOptions, Permissions},
    io::{Read, Write},
    os::unix::{
        fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
    thread,
};
use tempfile::TempDir;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), OutputError> {
    let mut file = OutputFile::create(path, &OutputOptions::default())?;
    file.write_all(bytes).unwrap();
    file.commit()
}

fn names(folder: &TempDir) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o7777
}

#[test]
fn a_name_appears_with_the_commit() {
    let folder = folder();
    let path = folder.path().join("new");
    let mut file =
        OutputFile::create(&path, &OutputOptions { sync: true, ..OutputOptions::default() }).unwrap();
    file.write_all(b"content").unwrap();
    let temporary = file.temporary_path().unwrap().to_owned();
    assert_eq!(temporary.parent(), path.parent());
    let name = temporary.file_name().unwrap().to_str().unwrap();
    assert!(name.starts_with(".rollsync-") && name.ends_with(".tmp"), "{name}");
    assert!(!path.exists());
    file.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"content");
    assert_eq!(names(&folder), ["new"]);
}

#[test]
fn without_a_commit_the_old_file_stands() {
    let folder = folder();
    let path = folder.path().join("old");
    fs::write(&path, "old").unwrap();
    let mut file = OutputFile::create(&path, &OutputOptions::default()).unwrap();
    file.write_all(b"half of it").unwrap();
    drop(file);
    assert_eq!(fs::read(&path).unwrap(), b"old");
    assert_eq!(names(&folder), ["old"]);
}

#[test]
fn a_file_that_is_to_be_kept_is_kept() {
    let folder = folder();
    let path = folder.path().join("old");
    fs::write(&path, "old").unwrap();
    let keep = OutputOptions { keep_existing: true, ..OutputOptions::default() };
    assert_eq!(OutputFile::create(&path, &keep).unwrap_err().step, OutputStep::Exists);

    // Also when it comes while the output is being written.
    fs::remove_file(&path).unwrap();
    let mut file = OutputFile::create(&path, &keep).unwrap();
    file.write_all(b"new").unwrap();
    fs::write(&path, "come in between").unwrap();
    assert_eq!(file.commit().unwrap_err().step, OutputStep::Exists);
    assert_eq!(
        (fs::read(&path).unwrap(), names(&folder)),
        (b"come in between".to_vec(), vec!["old".to_owned()])
    );

    fs::remove_file(&path).unwrap();
    let mut file = OutputFile::create(&path, &keep).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    assert_eq!((fs::read(&path).unwrap(), names(&folder)), (b"new".to_vec(), vec!["old".to_owned()]));
    assert!(OutputFile::create(Path::new("/dev/null"), &keep).is_ok());
}

#[test]
fn a_new_file_gets_0666_less_the_umask_and_an_old_one_keeps_its_mode() {
    let folder = folder();
    let (plain, ours, old) =
        (folder.path().join("plain"), folder.path().join("ours"), folder.path().join("old"));
    File::create(&plain).unwrap();
    write(&ours, b"x").unwrap();
    assert_eq!(mode(&ours), mode(&plain));
    for bits in [0o600, 0o640, 0o755, 0o4755] {
        fs::write(&old, "old").unwrap();
        fs::set_permissions(&old, Permissions::from_mode(bits)).unwrap();
        write(&old, b"new").unwrap();
        assert_eq!((mode(&old), fs::read(&old).unwrap()), (bits, b"new".to_vec()));
    }
}

/// The temporary of a file that others may not read is nobody else's either.
#[test]
fn what_is_private_is_private_while_it_is_written() {
    let folder = folder();
    let path = folder.path().join("secret");
    fs::write(&path, "old").unwrap();
    for bits in [0o600, 0o640, 0o644] {
        fs::set_permissions(&path, Permissions::from_mode(bits)).unwrap();
        let file = OutputFile::create(&path, &OutputOptions::default()).unwrap();
        assert_eq!(mode(file.temporary_path().unwrap()), 0o600);
        file.commit().unwrap();
        assert_eq!(mode(&path), bits);
    }
}

/// In a folder that may be written but not read, all that cannot be done is to sync the folder.
#[test]
fn a_folder_that_cannot_be_read_admits_outputs() {
    let sync = OutputOptions { sync: true, ..OutputOptions::default() };
    if as_somebody_else("a_folder_that_cannot_be_read_admits_outputs") {
        return;
    }
    let folder = folder();
    let path = folder.path().join("new");
    fs::set_permissions(folder.path(), Permissions::from_mode(0o300)).unwrap();
    let mut file = OutputFile::create(&path, &sync).unwrap();
    file.write_all(b"new").unwrap();
    let committed = file.commit();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o700)).unwrap();
    committed.unwrap();
    assert_eq!((fs::read(&path).unwrap(), names(&folder)), (b"new".to_vec(), vec!["new".to_owned()]));
}

#[test]
fn a_descriptor_of_a_file_that_is_to_be_kept_is_refused() {
    use std::os::fd::AsRawFd;
    let folder = folder();
    let path = folder.path().join("log");
    fs::write(&path, "what was logged").unwrap();
    let log = OpenOptions::new().append(true).open(&path).unwrap();
    let keep = OutputOptions { keep_existing: true, ..OutputOptions::default() };
    for name in [format!("/dev/fd/{}", log.as_raw_fd()), format!("/proc/self/fd/{}", log.as_raw_fd())] {
        let error = OutputFile::create(Path::new(&name), &keep).unwrap_err();
        assert_eq!(error.step, OutputStep::Exists);
        assert!(OutputFile::would_lose(Path::new(&name)));
    }
    assert_eq!(fs::read(&path).unwrap(), b"what was logged");
    assert!(!OutputFile::would_lose(Path::new("/dev/null")));
}

#[test]
fn the_owner_is_kept_where_that_is_allowed() {
    let folder = folder();
    let path = folder.path().join("old");
    fs::write(&path, "old").unwrap();
    if std::os::unix::fs::chown(&path, Some(12345), Some(54321)).is_err() {
        writeln!(std::io::stdout(), "SKIPPED: giving a file away takes root").unwrap();
        return;
    }
    write(&path, b"new").unwrap();
    let metadata = fs::metadata(&path).unwrap();
    assert_eq!((metadata.uid(), metadata.gid()), (12345, 54321));
}

#[test]
fn a_symbolic_link_stays_and_its_target_is_replaced() {
    let folder = folder();
    let inner = folder.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let (target, link, second) =
        (inner.join("target"), folder.path().join("link"), folder.path().join("second"));
    fs::write(&target, "old").unwrap();
    symlink("inner/target", &link).unwrap();
    symlink("link", &second).unwrap();
    write(&second, b"new").unwrap();
    assert!(link.is_symlink() && second.is_symlink());
    assert_eq!(fs::read(&target).unwrap(), b"new");

    fs::remove_file(&target).unwrap();
    write(&second, b"again").unwrap();
    assert_eq!(fs::read(&target).unwrap(), b"again", "a link to nothing makes its target");
    assert_eq!(fs::read_dir(&inner).unwrap().count(), 1);
}

#[test]
fn links_in_a_circle_are_an_error() {
    let folder = folder();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    symlink("b", &a).unwrap();
    symlink("a", &b).unwrap();
    assert_eq!(write(&a, b"x").unwrap_err().step, OutputStep::Open);
    assert_eq!(names(&folder), ["a", "b"]);
}

#[test]
fn hard_links_are_split() {
    let folder = folder();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&a, "old").unwrap();
    fs::hard_link(&a, &b).unwrap();
    write(&a, b"new").unwrap();
    assert_eq!((fs::read(&a).unwrap(), fs::read(&b).unwrap()), (b"new".to_vec(), b"old".to_vec()));
}

#[test]
fn a_fifo_is_written_directly() {
    let folder = folder();
    let path = fifo(&folder, "fifo");
    let reader = {
        let path = path.clone();
        thread::spawn(move || {
            let mut got = Vec::new();
            File::open(path).unwrap().read_to_end(&mut got).unwrap();
            got
        })
    };
    let mut file =
        OutputFile::create(&path, &OutputOptions { sync: true, ..OutputOptions::default() }).unwrap();
    assert_eq!(file.temporary_path(), None);
    file.write_all(b"through the pipe").unwrap();
    file.commit().unwrap();
    assert_eq!(reader.join().unwrap(), b"through the pipe");
    assert!(fs::metadata(&path).unwrap().file_type().is_fifo());
}

#[test]
fn a_device_is_written_directly_and_its_errors_show() {
    let mut file = OutputFile::create(Path::new("/dev/full"), &OutputOptions::default()).unwrap();
    assert!(file.write_all(b"x").is_err());
    write(Path::new("/dev/null"), b"x").unwrap();
    assert!(fs::metadata("/dev/null").unwrap().file_type().is_char_device());
}

#[test]
fn an_open_descriptor_is_written_not_replaced() {
    use std::os::fd::AsRawFd;
    let folder = folder();
    let path = folder.path().join("behind");
    let mut behind =
        OpenOptions::new().read(true).write(true).create(true).truncate(true).open(&path).unwrap();
    let number = behind.as_raw_fd();
    let link = folder.path().join("link");
    symlink(format!("/dev/fd/{number}"), &link).unwrap();
    for name in [PathBuf::from(format!("/dev/fd/{number}")), format!("/proc/self/fd/{number}").into(), link] {
        write(&name, b"to the same file").unwrap();
        let mut got = String::new();
        behind.read_to_string(&mut got).unwrap();
        assert_eq!(got, "to the same file", "{}", name.display());
        std::io::Seek::rewind(&mut behind).unwrap();
    }
    assert_eq!(fs::metadata(&path).unwrap().ino(), behind.metadata().unwrap().ino());
}

#[test]
fn what_cannot_be_replaced_is_no_output_over_an_input() {
    let folder = folder();
    let path = fifo(&folder, "fifo");
    // Opened for both, a FIFO does not wait for its other end.
    let input = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let options = OutputOptions { inputs: &[&input], ..OutputOptions::default() };
    let error = OutputFile::create(&path, &options).unwrap_err();
    assert_eq!(error.step, OutputStep::IsInput);
    assert!(error.to_string().contains("is an input as well"), "{error}");

    // A regular file can be: the input keeps its content until the commit, and as long as it is open.
    let path = folder.path().join("file");
    fs::write(&path, "old").unwrap();
    let mut input = File::open(&path).unwrap();
    let options = OutputOptions { inputs: &[&input], ..OutputOptions::default() };
    let mut file = OutputFile::create(&path, &options).unwrap();
    file.write_all(b"new").unwrap();
    file.commit().unwrap();
    let mut old = String::new();
    input.read_to_string(&mut old).unwrap();
    assert_eq!((old.as_str(), fs::read_to_string(&path).unwrap().as_str()), ("old", "new"));
}

#[test]
fn a_folder_that_admits_no_temporary_is_named_as_the_reason() {
    // A regular file in a folder in which nobody can make another.
    let error = write(Path::new("/proc/self/comm"), b"x").unwrap_err();
    assert_eq!(error.step, OutputStep::Temporary);
    let text = error.to_string();
    assert!(
        text.starts_with("/proc/self/comm: cannot be replaced, since its folder admits no temporary file: "),
        "{text}"
    );
}

#[test]
fn a_folder_is_no_output() {
    let folder = folder();
    assert_eq!(write(folder.path(), b"x").unwrap_err().step, OutputStep::Open);
    let missing = folder.path().join("missing/");
    assert_eq!(write(&missing, b"x").unwrap_err().step, OutputStep::Open);
    let deep = folder.path().join("missing/new");
    let error = write(&deep, b"x").unwrap_err();
    assert_eq!((error.step, error.source.kind()), (OutputStep::Open, std::io::ErrorKind::NotFound));
    assert_eq!(names(&folder), [""; 0]);
}

#[test]
fn a_file_that_may_not_be_written_is_not_replaced() {
    let folder = folder();
    let path = folder.path().join("read-only");
    fs::write(&path, "old").unwrap();
    fs::set_permissions(&path, Permissions::from_mode(0o444)).unwrap();
    if as_somebody_else("a_file_that_may_not_be_written_is_not_replaced") {
        return;
    }
    assert_eq!(write(&path, b"new").unwrap_err().step, OutputStep::Open);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

/// Root may do anything: runs a test of this module as somebody else, when that is who is asking. Whether it did.
fn as_somebody_else(test: &str) -> bool {
    if !rustix::process::geteuid().is_root() {
        return false;
    }
    // Not by its name where there is another way: the folders above it may be closed to others.
    let linux = cfg!(target_os = "linux").then(|| PathBuf::from("/proc/self/exe"));
    let status = Command::new(linux.unwrap_or_else(|| std::env::current_exe().unwrap()))
        .args(["--exact", &format!("output_file::{test}")])
        .current_dir("/")
        .uid(65_534)
        .gid(65_534)
        .status();
    assert!(status.unwrap().success());
    true
}

fn fifo(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let made = Command::new("mkfifo").arg(&path).status().unwrap();
    assert!(made.success());
    path
}

/// However much space was taken ahead of the writes.
#[test]
fn an_output_takes_no_more_space_than_its_bytes() {
    let folder = folder();
    for (name, pieces) in [("short", 3), ("long", 90)] {
        let path = folder.path().join(name);
        let mut file = OutputFile::create(&path, &OutputOptions::default()).unwrap();
        for byte in 0..pieces {
            file.write_all(&[byte; 100_001]).unwrap();
        }
        file.commit().unwrap();
        let (metadata, len) = (fs::metadata(&path).unwrap(), u64::from(pieces) * 100_001);
        assert_eq!(metadata.len(), len);
        assert!(metadata.blocks() * 512 < len + (64 << 10), "{} blocks for {len} bytes", metadata.blocks());
        assert!(
            fs::read(&path).unwrap().chunks(100_001).zip(0..).all(|(piece, byte)| piece == [byte; 100_001])
        );
    }
}

/// Short writes and long ones, flushes, and bytes that are put into the file past all of them.
#[test]
fn bytes_come_in_the_order_in_which_they_were_written() {
    let folder = folder();
    for seed in 0..20 {
        let (mut random, mut all) = (Random::new(seed), vec![]);
        let path = folder.path().join("new");
        let mut output = OutputFile::create(&path, &OutputOptions::default()).unwrap();
        let temporary = output.temporary_path().unwrap().to_owned();
        // As long as nobody has asked for it, the file is the output's own.
        let asked_from = random.below(80);
        for turn in 0..100 {
            let longest = [10, 1000, 70_000, 300_000][random.below(4)];
            let len = random.below(longest);
            let bytes = random.bytes(len);
            match random.below(8) {
                0 => {
                    output.flush().unwrap();
                    assert!(fs::read(&temporary).unwrap() == all, "seed {seed}");
                }
                1 if turn >= asked_from => {
                    if let Some(mut file) = output.as_file() {
                        output.make_room(bytes.len() as u64);
                        file.write_all(&bytes).unwrap();
                        all.extend_from_slice(&bytes);
                    }
                }
                _ => {
                    output.write_all(&bytes).unwrap();
                    all.extend_from_slice(&bytes);
                }
            }
        }
        output.commit().unwrap();
        assert!(fs::read(&path).unwrap() == all, "seed {seed}");
    }
    assert_eq!(names(&folder), ["new"]);
}

#[test]
fn a_file_is_named_when_all_that_was_written_is_in_it() {
    let folder = folder();
    let mut output = OutputFile::create(&folder.path().join("new"), &OutputOptions::default()).unwrap();
    let temporary = output.temporary_path().unwrap().to_owned();
    for _ in 0..3 {
        output.write_all(b"short ").unwrap();
    }
    assert!(output.as_file().is_none() && fs::read(&temporary).unwrap() == b"short ");
    output.flush().unwrap();
    for turn in 1..5 {
        assert!(output.as_file().is_some());
        assert_eq!(fs::read(&temporary).unwrap(), [&b"short "[..]; 3].concat().repeat(turn), "turn {turn}");
        for _ in 0..3 {
            output.write_all(b"short ").unwrap();
        }
    }
}

/// A limit of the file's size, which a process of its own has.
#[test]
fn what_cannot_be_written_in_the_end_replaces_nothing() {
    const TEST: &str = "output_file::what_cannot_be_written_in_the_end_replaces_nothing";
    const LIMITED: &str = "ROLLSYNC_TEST_OF_A_LIMIT";
    if std::env::var_os(LIMITED).is_none() {
        // 100 or 200 KiB: shells do not count alike.
        let script = "trap '' XFSZ; ulimit -f 200; exec \"$0\" --exact \"$1\"";
        let program = std::env::current_exe().unwrap();
        let status =
            Command::new("sh").args(["-c", script]).arg(program).arg(TEST).env(LIMITED, "1").status();
        assert!(status.unwrap().success());
        return;
    }
    let folder = folder();
    let path = folder.path().join("old");
    fs::write(&path, "old").unwrap();
    let create = || OutputFile::create(&path, &OutputOptions::default()).unwrap();
    let piece = [1; 64 << 10];
    let too_large = std::io::ErrorKind::FileTooLarge;

    let mut output = create();
    for _ in 0..4 {
        output.write_all(&piece).unwrap();
    }
    let error = output.commit().unwrap_err();
    assert_eq!((error.step, error.source.kind()), (OutputStep::Write, too_large));
    assert!(error.to_string().contains("cannot be written: "), "{error}");

    let mut output = create();
    for _ in 0..4 {
        output.write_all(&piece).unwrap();
    }
    for _ in 0..2 {
        assert_eq!(output.flush().unwrap_err().kind(), too_large);
        assert_eq!(output.write(&[2; 1 << 20]).unwrap_err().kind(), too_large);
    }
    assert!(output.as_file().is_none());
    assert_eq!(output.commit().unwrap_err().step, OutputStep::Write);

    let mut output = create();
    let taken = (0..100).take_while(|_| output.write_all(&piece).is_ok()).count();
    assert!((4..10).contains(&taken), "{taken}");
    assert_eq!(output.commit().unwrap_err().step, OutputStep::Write);

    assert_eq!((fs::read(&path).unwrap(), names(&folder)), (b"old".to_vec(), vec!["old".to_owned()]));
}
