//! What is said when something is wrong, and that nothing is left of it.

use crate::session::Session;
use insta::assert_snapshot;
use rollsync::seal::SEAL_LEN;
use std::fs;

/// Runs lines that all fail, and shows what they said. No file may come of them.
fn refused(mut session: Session, lines: &[impl AsRef<str>]) -> String {
    let names = session.names();
    for line in lines {
        session.run(line.as_ref());
    }
    assert_eq!(session.names(), names);
    session.transcript().to_owned()
}

#[test]
fn usage() {
    let transcript = refused(
        Session::prepared(),
        &[
            "rollsync sign old.img",
            "rollsync signature",
            "rollsync signature old.img -b 0 -o out",
            "rollsync signature old.img -b 4k -o out",
            "rollsync signature old.img -b -1 -o out",
            "rollsync signature old.img -s -1 -o out",
            "rollsync signature old.img -s 33 -o out",
            "rollsync signature old.img -s most -o out",
            "rollsync signature old.img --format md5 -o out",
            "rollsync signature old.img --format rk-md4 -s 17 -o out",
            "rollsync diff old.img new.img --profile rdiff -o out",
            "rollsync delta - - -o out",
            "rollsync diff - /dev/stdin -o out",
            "rollsync patch - - -o out",
            "rollsync info ''",
        ],
    );
    assert_snapshot!(transcript);
}

#[test]
fn not_the_kind_of_file() {
    let session = Session::prepared();
    session.write("short", b"rs\x01");
    session.write("zeros", &[0; 64]);
    session.write("text", b"hello, world");
    session.write("e\x1b[31mred", b"hello, world");
    let transcript = refused(
        session,
        &[
            "rollsync delta old.img new.img -o out",
            "rollsync delta text new.img -o out",
            "rollsync delta new.img old.sig -o out",
            "rollsync delta new.delta new.img -o out",
            "rollsync delta empty new.img -o out",
            "rollsync delta short new.img -o out",
            "rollsync delta zeros new.img -o out",
            "rollsync delta - new.img -o out < text",
            "rollsync patch old.img new.img -o out",
            "rollsync patch old.img text -o out",
            "rollsync patch new.delta old.img -o out",
            "rollsync patch old.img old.sig -o out",
            "rollsync patch old.img empty -o out",
            "rollsync patch old.img short -o out",
            "rollsync patch old.img - -o out < text",
            "rollsync info old.img",
            "rollsync info text",
            "rollsync info empty",
            "rollsync info short",
            "rollsync info - < text",
            "rollsync info -q text",
            "rollsync info \"$(printf 'e\\033[31mred')\"",
        ],
    );
    assert_snapshot!(transcript);
}

#[test]
fn cut_and_broken_signatures() {
    let session = Session::prepared();
    let whole = session.read("old.sig");
    let with = |offset: usize, byte| {
        let mut bytes = whole.clone();
        bytes[offset] = byte;
        bytes
    };
    session.write("cut-header.sig", &whole[..10]);
    session.write("cut-seal.sig", &whole[..whole.len() - 40]);
    session.write("more.sig", &[&whole[..], &whole[12..48]].concat());
    session.write("changed.sig", &with(100, 0));
    session.write("cut-record.sig", &whole[..100]);
    session.write("block-len.sig", &with(4, 0x80));
    session.write("strong-len.sig", &with(8, 1));
    session.write("strong-len-md4.sig", &with(3, 0x46));
    let names = [
        "cut-header",
        "cut-record",
        "cut-seal",
        "more",
        "changed",
        "block-len",
        "strong-len",
        "strong-len-md4",
    ];
    let lines: Vec<String> = names
        .iter()
        .flat_map(|name| {
            [format!("rollsync delta {name}.sig new.img -o out"), format!("rollsync info {name}.sig")]
        })
        .collect();
    let transcript = refused(session, &lines);
    assert_snapshot!(transcript);
}

#[test]
fn cut_and_broken_deltas() {
    let session = Session::prepared();
    let sealed = session.read("new.delta");
    let whole = &sealed[..sealed.len() - SEAL_LEN];
    session.write("cut-seal.delta", &sealed[..sealed.len() - 1]);
    session.write("cut-magic-of-seal.delta", &sealed[..whole.len() + 5]);
    session.write("more.delta", &[&sealed[..], b"and more"].concat());
    session.write("plain-more.delta", &[whole, b"and more"].concat());
    session.write("cut-end.delta", &whole[..whole.len() - 1]);
    session.write("cut-command.delta", &whole[..7]);
    session.write("cut-literal.delta", &whole[..whole.len() - 10]);
    session.write("cut-magic.delta", &whole[..4]);
    session.write("reserved.delta", b"rs\x026\x60");
    session.write("literal-len.delta", b"rs\x026\x41\0");
    session.write("copy-len.delta", b"rs\x026\x45\x01\0");
    session.write("copy-offset.delta", b"rs\x026\x51\xff\xff\xff\xff\xff\xff\xff\xff\x01\0");
    let names = [
        "cut-seal",
        "cut-magic-of-seal",
        "more",
        "cut-end",
        "cut-command",
        "cut-literal",
        "cut-magic",
        "reserved",
        "literal-len",
        "copy-len",
        "copy-offset",
    ];
    let lines: Vec<String> = names
        .iter()
        .flat_map(|name| {
            [format!("rollsync patch old.img {name}.delta -o out"), format!("rollsync info {name}.delta")]
        })
        .chain(["rollsync patch old.img plain-more.delta -o out".to_owned()])
        .collect();
    let transcript = refused(session, &lines);
    assert_snapshot!(transcript);
}

#[test]
fn the_wrong_basis() {
    let session = Session::prepared();
    let sealed = session.read("new.delta");
    session.write("plain.delta", &sealed[..sealed.len() - SEAL_LEN]);
    let transcript = refused(
        session,
        &[
            "rollsync patch old.sig plain.delta -o out",
            "rollsync patch empty plain.delta -o out",
            "cat old.sig | rollsync patch - plain.delta -o out",
            "rollsync patch old.sig new.delta -o out",
            "rollsync patch empty new.delta -o out",
            "cat old.sig | rollsync patch - new.delta -o out",
            "cat new.delta | rollsync patch old.sig - -o out",
            "rollsync patch --json old.sig new.delta -o out",
        ],
    );
    assert_snapshot!(transcript);
}

#[test]
fn inputs_that_cannot_be_read() {
    let transcript = refused(
        Session::prepared(),
        &[
            "rollsync signature nothing.img -o out",
            "rollsync delta nothing.sig new.img -o out",
            "rollsync delta old.sig nothing.img -o out",
            "rollsync patch nothing.img new.delta -o out",
            "rollsync patch old.img nothing.delta -o out",
            "rollsync diff nothing.img new.img -o out",
            "rollsync info nothing.delta",
            "rollsync signature . -o out",
            "rollsync diff old.img . -o out",
            "rollsync info .",
            "rollsync signature - -o out < .",
        ],
    );
    assert_snapshot!(transcript);
}

#[test]
fn outputs_that_cannot_be_written() {
    let session = Session::prepared();
    fs::create_dir(session.path("folder")).unwrap();
    let transcript = refused(
        session,
        &[
            "rollsync signature old.img -o missing/folder/old.sig",
            "rollsync signature old.img -o 'with space/old.sig'",
            "rollsync signature old.img -o folder",
            "rollsync signature old.img -o folder/",
            "rollsync signature old.img -o nothing/",
            "rollsync signature old.img -o new.img/",
            "rollsync signature old.img -o /dev/full",
            "rollsync signature old.img > /dev/full",
            "rollsync signature old.img >&-",
            "rollsync info old.sig > /dev/full",
            "rollsync --help > /dev/full",
            "rollsync --version > /dev/full",
        ],
    );
    assert_snapshot!(transcript);
}

#[test]
fn outputs_that_are_read() {
    let session = Session::prepared();
    // Without the check each of them would write until the disk is full: the signature is longer than its basis.
    let lines = [
        "signature -b 8 old.img",
        "signature -b 8 - < old.img",
        "signature -b 8 old.img -o /dev/stdout",
        "signature -b 8 old.img -o /proc/self/fd/1 --force",
        "delta old.sig old.img",
        "patch old.img new.delta",
        "diff new.img old.img",
    ];
    let mut lines = lines.map(|line| format!("ulimit -f 2000; rollsync {line} >> old.img")).to_vec();
    lines.push("timeout 60 sh -c 'rollsync signature - <> fifo >&0'".to_owned());
    session.silently("mkfifo fifo; cp old.img before");
    lines.push("cmp old.img before".to_owned());
    assert_snapshot!(refused(session, &lines));
}

#[test]
fn too_little_memory() {
    let mut session = Session::prepared();
    let header = [0x7273_0147_u32, 256, 1].map(u32::to_be_bytes).concat();
    session.write("long.sig", &[header, vec![7; 20_000_000]].concat());
    session.write("long.img", &vec![7; 4_000_000]);
    // In the first case the records do not fit, in the second the tables over them.
    for kibibytes in [30_000, 80_000] {
        session
            .run(&format!("ulimit -v {kibibytes}; rollsync delta long.sig new.img -o out"))
            .run(&format!("ulimit -v {kibibytes}; rollsync diff -q -b 1 long.img new.img -o out"));
    }
    // Not among the snapshots: how much is asked for at last is the allocator's to say.
    let transcript = session.transcript();
    let count = |text: &str| transcript.matches(text).count();
    assert_eq!(count("error: cannot make the delta: signature long.sig: no memory for "), 2, "{transcript}");
    assert_eq!(count("error: cannot make the delta: old file long.img: no memory for "), 2, "{transcript}");
    let hint = "hint: longer blocks take less of it: give a longer --block-len";
    assert_eq!(count(&format!("{hint}\n")), 2, "{transcript}");
    assert_eq!(count(&format!("{hint} when making the signature\n")), 2, "{transcript}");
    assert_eq!(count("[exit 5]"), 4, "{transcript}");
}

#[test]
fn outputs_that_exist() {
    let session = Session::prepared();
    session.write("before", &session.read("new.img"));
    std::os::unix::fs::symlink("new.img", session.path("link")).unwrap();
    let transcript = refused(
        session,
        &[
            "rollsync signature old.img -o new.img",
            "rollsync delta old.sig new.img -o new.img",
            "rollsync patch old.img new.delta -o link",
            "rollsync diff old.img new.img -o old.img",
            "rollsync diff --json old.img new.img -o old.img",
            "rollsync patch old.img old.sig -o new.img --force",
            "cmp new.img before",
        ],
    );
    assert_snapshot!(transcript);
}
