//! What is said when all goes well, and that it is so.

use crate::session::Session;
use insta::assert_snapshot;

#[test]
fn the_three_steps() {
    let mut session = Session::new();
    session
        .run("rollsync signature old.img -o old.sig")
        .run("rollsync delta old.sig new.img -o new.delta")
        .run("rollsync patch old.img new.delta -o result")
        .run("cmp result new.img");
    assert_snapshot!(session.transcript());
}

#[test]
fn diff_is_the_first_two_steps() {
    let mut session = Session::prepared();
    session.run("rollsync diff old.img new.img -o diff.delta").run("cmp diff.delta new.delta");
    assert_snapshot!(session.transcript());
}

#[test]
fn edges() {
    let mut session = Session::new();
    session
        .run("rollsync diff old.img old.img -o all.delta")
        .run("rollsync diff empty new.img -o none.delta")
        .run("rollsync diff old.img empty -o empty.delta")
        .run("rollsync signature empty -o empty.sig")
        .run("rollsync info all.delta")
        .run("rollsync info none.delta")
        .run("rollsync info empty.delta")
        .run("rollsync info empty.sig");
    assert_snapshot!(session.transcript());
}

#[test]
fn pipes() {
    let mut session = Session::prepared();
    session
        .run("rollsync signature - < old.img | cmp - old.sig")
        .run("cat old.img | rollsync signature -b 384 - | cmp - old.sig")
        .run("cat old.sig | rollsync delta - new.img | cmp - new.delta")
        .run("cat new.img | rollsync delta -q old.sig - | cmp - new.delta")
        .run("cat new.delta | rollsync patch -q old.img - | cmp - new.img")
        .run("cat old.img | rollsync patch -q - new.delta | cmp - new.img")
        .run("rollsync patch -q - new.delta < old.img | cmp - new.img")
        .run("rollsync diff -q old.img /dev/stdin -o - < new.img | cmp - new.delta")
        .run("cat new.delta | rollsync info -");
    assert_snapshot!(session.transcript());
}

#[test]
fn formats() {
    let mut session = Session::new();
    for format in ["rk-blake2", "rk-md4", "rollsum-blake2", "rollsum-md4"] {
        session
            .run(&format!("rollsync signature --format {format} -b 512 -s min old.img -o {format}.sig"))
            .run(&format!("rollsync delta {format}.sig new.img -o {format}.delta"))
            .run(&format!("rollsync info {format}.sig"));
        session.silently(&format!("rollsync patch -q old.img {format}.delta | cmp - new.img"));
    }
    assert_snapshot!(session.transcript());
}

#[test]
fn profiles() {
    let mut session = Session::new();
    for profile in ["compact", "librsync-2.3.4", "librsync-2.3.2"] {
        session.run(&format!("rollsync diff --profile {profile} empty old.img -o {profile}.delta"));
        session.silently(&format!("rollsync patch -q empty {profile}.delta | cmp - old.img"));
    }
    assert_snapshot!(session.transcript());
}

#[test]
fn warnings() {
    let mut session = Session::prepared();
    session
        .run("rollsync signature -s 3 old.img -o short.sig")
        .run("rollsync delta short.sig new.img -o short.delta")
        .run("rollsync info short.sig")
        .run("rollsync signature -q --format rollsum-md4 old.img -o quiet.sig")
        .run("rollsync signature --json --format rk-md4 old.img -o json.sig");
    assert_snapshot!(session.transcript());
}

#[test]
fn info() {
    let mut session = Session::prepared();
    session.silently("rollsync signature -q --plain old.img -o plain.sig");
    session.silently("rollsync delta -q plain.sig new.img -o half.delta");
    session.silently("rollsync delta -q --plain old.sig new.img -o plain.delta");
    session.write("trailing.delta", &[&session.read("plain.delta")[..], b"and more"].concat());
    session.write("trailing.sig", &[&session.read("plain.sig")[..], b"abc"].concat());
    session
        .run("rollsync info old.sig")
        .run("rollsync info new.delta")
        .run("rollsync info plain.sig")
        .run("rollsync info plain.delta")
        .run("rollsync info half.delta")
        .run("rollsync info --json half.delta")
        .run("rollsync info trailing.delta")
        .run("rollsync info trailing.sig")
        .run("rollsync info -q old.sig");
    assert_snapshot!(session.transcript());
}

#[test]
fn json() {
    let mut session = Session::new();
    session
        .run("rollsync signature --json old.img -o old.sig")
        .run("rollsync delta --json old.sig new.img -o new.delta")
        .run("rollsync patch --json old.img new.delta -o result")
        .run("rollsync diff --json old.img new.img -o diff.delta")
        .run("rollsync diff --json old.img new.img > piped.delta")
        .run("rollsync diff --json -q old.img new.img -o quiet.delta")
        .run("rollsync info --json old.sig")
        .run("rollsync info --json new.delta")
        .run("rollsync info --json old.img")
        .run("rollsync delta --json old.sig nothing.img -o nothing.delta")
        .run("rollsync signature --json old.img -o \"$(printf 'two\\nlines')\"")
        .run("rollsync info --json \"$(printf 'two\\nlines')\"")
        .run("rollsync signature --json old.img -o \"$(printf 'caf\\351')\"")
        .run("rollsync info --json \"$(printf 'no\\tfile')\"")
        .run("rollsync info --json - < old.sig");
    assert_snapshot!(session.transcript());
}

#[test]
fn a_report_that_is_lost() {
    let mut session = Session::prepared();
    session
        .run("rollsync signature --json old.img -o first.sig > /dev/full")
        .run("cmp first.sig old.sig")
        .run("rollsync signature --json old.img -o second.sig >&-")
        .run("cmp second.sig old.sig");
    assert_snapshot!(session.transcript());
}

#[test]
fn hostile_files_and_the_bound() {
    let mut session = Session::new();
    // No block of the basis is in the new file, and each of its windows has the weak sum of one.
    let mut basis = [b'a'; 256];
    basis[10..13].copy_from_slice(b"b_b");
    session.write("hostile.img", &basis);
    session.write("windows.img", &[b'a'; 20_000]);
    let diff = "rollsync diff --format rollsum-blake2 -b 256 hostile.img windows.img -f -o out";
    session
        .run(diff)
        .run(&format!("{diff} -q"))
        .run(&format!("{diff} --json"))
        .run("rollsync signature --format rollsum-blake2 -b 256 -q hostile.img -o hostile.sig")
        .run("rollsync delta --json hostile.sig windows.img -f -o out")
        .run(&format!("{diff} --json --profile librsync-2.3.4"));
    assert_snapshot!(session.transcript());
}

#[test]
fn force_replaces_even_the_basis() {
    let mut session = Session::prepared();
    session.run("rollsync patch old.img new.delta -o old.img --force").run("cmp old.img new.img");
    assert_eq!(session.names(), ["empty", "new.delta", "new.img", "old.img", "old.sig"]);
    assert_snapshot!(session.transcript());
}

#[test]
fn a_device_and_a_descriptor_need_no_force() {
    let mut session = Session::prepared();
    session
        .run("rollsync diff -q old.img new.img -o /dev/null")
        .run("rollsync diff -q old.img new.img -o /dev/fd/3 3> three && cmp three new.delta")
        .run("rollsync diff --json old.img new.img -o /proc/self/fd/1 | cmp - new.delta")
        .run("rollsync diff -q /proc/self/fd/0 new.img -o /dev/fd/1 < old.img | cmp - new.delta");
    assert_snapshot!(session.transcript());
}
