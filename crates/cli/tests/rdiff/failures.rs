//! What goes wrong, beside the real program: same status, same lines, same bytes on standard output.

use std::fs::{self, File};
use std::path::Path;
use std::process::{Output, Stdio};

use crate::program::{Program, names, noise, stderr};

/// The folder of every run. `lit`, `copy`, … are deltas, `sums-…` signatures.
fn fixtures(folder: &Path) {
    let basis = noise(1, 300_000);
    let new = [&basis[..100_000], b"something else", &basis[100_500..]].concat();
    fs::write(folder.join("basis"), basis).expect("basis");
    fs::write(folder.join("short"), b"short").expect("short");
    fs::write(folder.join("empty"), b"").expect("empty");
    fs::write(folder.join("new"), new).expect("new");
    fs::create_dir(folder.join("folder")).expect("a folder inside");
    Program::ours().must(folder, &["signature", "basis", "sums"]);
    Program::ours().must(folder, &["delta", "sums", "new", "changes"]);

    let copy = |offset: u64, len: u64| {
        [b"rs\x026\x54".as_slice(), &offset.to_be_bytes(), &len.to_be_bytes(), b"\0"].concat()
    };
    for (name, offset, len) in [
        ("copy-at-end", 300_000, 1),
        ("copy-far", 1 << 43, 5),
        ("copy-farther", 1 << 62, 5),
        ("copy-farthest", (1 << 63) - 1, 1),
        ("copy-long", 0, (1 << 63) - 1),
        ("copy-nothing", 0, 0),
        ("copy-negative", u64::MAX, 1),
    ] {
        fs::write(folder.join(name), copy(offset, len)).expect("a delta");
    }
    for (name, bytes) in [
        ("bogus", b"rs\x026\x03abc\x55".as_slice()),
        ("zero-magic", b"\0\0\0\0\0"),
        ("cut-magic", b"rs\x02"),
        ("cut-literal", b"rs\x026\x03ab"),
        ("cut-parameter", b"rs\x026\x42\x01"),
        ("no-end", b"rs\x026\x03abc"),
        ("trailing", b"rs\x026\x03abc\0and more"),
    ] {
        fs::write(folder.join(name), bytes).expect("a delta");
    }
    for (name, fields) in [
        ("sums-magic", [0x7273_0148_u32, 256, 8]),
        ("sums-block-0", [0x7273_0147, 0, 8]),
        ("sums-block-negative", [0x7273_0147, 0xffff_fff0, 8]),
        ("sums-strong-33", [0x7273_0147, 256, 33]),
        ("sums-strong-negative", [0x7273_0147, 256, 0xffff_ffff]),
        ("sums-md4-17", [0x7273_0136, 256, 17]),
        ("sums-rabinkarp-md4-17", [0x7273_0146, 256, 17]),
    ] {
        fs::write(folder.join(name), fields.map(u32::to_be_bytes).concat()).expect("a signature");
    }
}

/// What stands on the standard streams.
#[derive(Debug, Clone, Copy)]
enum Streams {
    Usual,
    /// Standard input is a pipe with the basis in it.
    PipedBasis,
    /// Standard input is this file.
    From(&'static str),
    /// Standard output cannot take a byte.
    Full,
    ClosedInput,
    ClosedOutput,
}

/// Missing is `patch - …` without standard input: the first file that the original opens then becomes its basis.
const RUNS: &[(Streams, &str)] = &[
    (Streams::Usual, "signature absent out"),
    (Streams::Usual, "signature folder out"),
    (Streams::Usual, "signature basis folder"),
    (Streams::Usual, "-f signature basis folder"),
    (Streams::Usual, "signature basis basis"),
    (Streams::Usual, "signature basis new/"),
    (Streams::Usual, "-f signature basis fresh/"),
    (Streams::Usual, "-f signature basis ''"),
    (Streams::Usual, "signature '' out"),
    (Streams::Usual, "signature basis nofolder/out"),
    (Streams::Usual, "signature basis basis/out"),
    (Streams::Usual, "signature -S 33 basis out"),
    (Streams::Usual, "signature -S 17 -H md4 -R rollsum basis out"),
    (Streams::Usual, "signature -S -2 basis out"),
    (Streams::Usual, "signature -S -2147483648 basis out"),
    (Streams::Usual, "signature -S 2147483647 basis out"),
    (Streams::Usual, "signature -S 1 basis out"),
    (Streams::Usual, "signature -S 6 -b 1 basis out"),
    (Streams::PipedBasis, "signature -S 1 - out"),
    (Streams::From("basis"), "signature -S 1 - out"),
    (Streams::Usual, "signature -H sha1 basis out"),
    (Streams::Usual, "signature -R crc basis out"),
    (Streams::Usual, "signature -H sha1 absent out"),
    (Streams::Usual, "signature basis out more"),
    (Streams::Usual, "signature basis basis more"),
    (Streams::Usual, "-f signature -b 64 basis /dev/full"),
    (Streams::Full, "signature -b 64 basis"),
    (Streams::ClosedInput, "signature - out"),
    (Streams::ClosedInput, "signature -f -b 64 basis out"),
    (Streams::ClosedOutput, "signature -b 64 basis -"),
    (Streams::Usual, "delta absent absent2 out"),
    (Streams::Usual, "delta sums absent out"),
    (Streams::Usual, "delta sums new new"),
    (Streams::Usual, "delta sums folder out"),
    (Streams::Usual, "delta folder new out"),
    (Streams::Usual, "delta basis new out"),
    (Streams::Usual, "delta short new out"),
    (Streams::Usual, "delta empty new out"),
    (Streams::Usual, "delta changes new out"),
    (Streams::Usual, "delta sums-magic new out"),
    (Streams::Usual, "delta sums-block-0 new out"),
    (Streams::Usual, "delta sums-block-negative new out"),
    (Streams::Usual, "delta sums-strong-33 new out"),
    (Streams::Usual, "delta sums-strong-negative new out"),
    (Streams::Usual, "delta sums-md4-17 new out"),
    (Streams::Usual, "delta sums-rabinkarp-md4-17 new out"),
    (Streams::Usual, "delta sums new out more"),
    (Streams::Usual, "-f delta sums-magic folder /dev/full"),
    (Streams::From("sums"), "delta - -"),
    (Streams::From("sums"), "delta - new"),
    (Streams::From("new"), "delta sums"),
    (Streams::Usual, "patch absent absent2 out"),
    (Streams::Usual, "patch basis absent out"),
    (Streams::Usual, "patch basis changes basis"),
    (Streams::Usual, "patch basis sums out"),
    (Streams::Usual, "patch basis empty out"),
    (Streams::Usual, "patch basis folder out"),
    (Streams::Usual, "patch folder changes out"),
    (Streams::Usual, "patch short changes out"),
    (Streams::Usual, "patch basis bogus out"),
    (Streams::Usual, "patch basis zero-magic out"),
    (Streams::Usual, "patch basis cut-magic out"),
    (Streams::Usual, "patch basis cut-literal out"),
    (Streams::Usual, "patch basis cut-parameter out"),
    (Streams::Usual, "patch basis no-end out"),
    (Streams::Usual, "patch basis trailing -"),
    (Streams::Usual, "patch basis copy-at-end out"),
    (Streams::Usual, "patch basis copy-far out"),
    (Streams::Usual, "patch basis copy-farther out"),
    (Streams::Usual, "patch basis copy-farthest out"),
    (Streams::Usual, "patch basis copy-long out"),
    (Streams::Usual, "patch basis copy-nothing out"),
    (Streams::Usual, "patch basis copy-negative out"),
    (Streams::Usual, "patch /dev/null copy-farthest out"),
    (Streams::Usual, "patch basis changes out more"),
    (Streams::Usual, "-f patch basis changes /dev/full"),
    (Streams::Full, "patch basis changes"),
    (Streams::PipedBasis, "patch - changes out"),
    (Streams::PipedBasis, "patch - trailing"),
    (Streams::From("basis"), "patch - changes"),
    (Streams::From("short"), "patch - changes"),
    (Streams::From("changes"), "patch basis"),
    (Streams::From("changes"), "patch - -"),
    (Streams::From("trailing"), "patch - -"),
];

#[test]
fn failures_are_the_real_program_s() {
    let Some(real) = Program::real("failures_are_the_real_program_s") else { return };
    let ours = Program::ours();
    for (streams, line) in RUNS {
        let (expected, _) = run(&real, *streams, line);
        let (got, left) = run(&ours, *streams, line);
        assert_eq!(
            (got.status.code(), stderr(&got)),
            (expected.status.code(), stderr(&expected)),
            "{line}, {streams:?} (ours, real)"
        );
        if expected.status.success() {
            assert!(got.stdout == expected.stdout, "{line}, {streams:?}: other bytes on standard output");
        } else {
            assert_eq!(
                (left, got.stdout),
                (Vec::new(), Vec::new()),
                "{line}, {streams:?}: something is left"
            );
        }
    }
}

/// A run in a folder of its own, and the names that it has added there.
fn run(program: &Program, streams: Streams, line: &str) -> (Output, Vec<String>) {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fixtures(folder);
    let before = names(folder);
    let arguments: Vec<&str> = line.split(' ').map(|word| if word == "''" { "" } else { word }).collect();
    let output = match streams {
        Streams::Usual => program.run(folder, &arguments),
        Streams::PipedBasis => program.run_piped(folder, &arguments, &noise(1, 300_000)),
        Streams::From(name) => {
            let file = File::open(folder.join(name)).expect("a fixture");
            program.command(folder, &arguments).stdin(file).output().expect("the program starts")
        }
        Streams::Full => {
            let full = File::options().write(true).open("/dev/full").expect("a device");
            let mut command = program.command(folder, &arguments);
            command.stdout(full).stderr(Stdio::piped());
            command.spawn().and_then(std::process::Child::wait_with_output).expect("the program runs")
        }
        Streams::ClosedInput => program.run_in_shell(folder, &arguments, "exec \"$0\" \"$@\" <&-"),
        Streams::ClosedOutput => program.run_in_shell(folder, &arguments, "exec \"$0\" \"$@\" >&-"),
    };
    let added = names(folder).into_iter().filter(|name| !before.contains(name)).collect();
    (output, added)
}
