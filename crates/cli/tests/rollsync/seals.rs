//! Sealed files: what is wrong is said, and nothing comes of it.

use crate::session::Session;
use insta::assert_snapshot;
use rollsync::seal::SEAL_LEN;

/// Files beside the prepared ones: `other.img`, as long as `old.img`; `plain.sig` and what was made from it, `half.delta`, which knows
/// no basis; `plain.delta` without a seal.
fn session() -> Session {
    let session = Session::prepared();
    let mut other = session.read("old.img");
    other[1000] ^= 1;
    session.write("other.img", &other);
    session.silently("rollsync signature -q --plain old.img -o plain.sig");
    session.silently("rollsync delta -q plain.sig new.img -o half.delta");
    session.silently("rollsync delta -q --plain old.sig new.img -o plain.delta");
    session
}

#[test]
fn patches_are_verified() {
    let mut session = session();
    let names = session.names();
    session
        .run("rollsync patch other.img new.delta -o out")
        .run("rollsync patch other.img new.delta -f -o other.img")
        .run("rollsync patch --json other.img new.delta -o out")
        .run("rollsync patch other.img half.delta -o out")
        .run("cat new.delta | rollsync patch other.img - -o out")
        .run("cat half.delta | rollsync patch other.img - -o out")
        .run("cat other.img | rollsync patch - new.delta -o out")
        .run("rollsync patch other.img new.delta > to-stdout; status=$?; wc -c < to-stdout; rm to-stdout; exit $status")
        .run("rollsync patch --require-seal old.img plain.delta -o out")
        .run("cat plain.delta | rollsync patch --require-seal old.img - -o out");
    assert_eq!(session.names(), names);
    session
        .run("rollsync patch old.img half.delta -o result && cmp result new.img")
        .run("rollsync patch --require-seal old.img new.delta -f -o result && cmp result new.img")
        .run("cat new.delta | rollsync patch --require-seal old.img - -f -o result && cmp result new.img")
        .run("rollsync patch old.img plain.delta -f -o result && cmp result new.img")
        .run("rollsync patch -q old.img plain.delta -f -o result")
        .run("rollsync patch --json old.img plain.delta -f -o result")
        .run("cat plain.delta | rollsync patch old.img - | cmp - new.img");
    assert_snapshot!(session.transcript());
}

#[test]
fn verify() {
    let mut session = session();
    let names = session.names();
    let mut broken = session.read("new.delta");
    broken[50] ^= 1;
    session.write("broken.delta", &broken);
    session
        .run("rollsync verify new.delta")
        .run("rollsync verify new.delta --basis old.img")
        .run("rollsync verify new.delta --basis old.img --new new.img")
        .run("rollsync verify --json new.delta --new new.img")
        .run("rollsync verify half.delta")
        .run("rollsync verify half.delta --basis old.img")
        .run("cat half.delta | rollsync verify - --basis old.img --new new.img")
        .run("cat old.img | rollsync verify half.delta --basis -")
        .run("rollsync verify old.sig")
        .run("rollsync verify -q old.sig --basis old.img")
        .run("cat old.img | rollsync verify old.sig --basis -")
        .run("rollsync verify new.delta --basis other.img")
        .run("rollsync verify new.delta --basis empty")
        .run("rollsync verify half.delta --basis other.img")
        .run("rollsync verify half.delta --basis empty")
        .run("rollsync verify old.sig --basis other.img")
        .run("rollsync verify --json new.delta --new old.img")
        .run("rollsync verify new.delta --new nothing.img")
        .run("rollsync verify broken.delta --basis old.img")
        .run("cat broken.delta | rollsync verify -")
        .run("rollsync verify plain.delta")
        .run("rollsync verify plain.sig --basis old.img")
        .run("rollsync verify old.sig --new new.img")
        .run("rollsync verify old.img")
        .run("rollsync verify - --basis - < new.delta")
        .run("rollsync verify . --basis old.img");
    assert_eq!(session.names().len(), names.len() + 1);
    assert_snapshot!(session.transcript());
}

#[test]
fn plain_files_are_those_of_before() {
    let mut session = session();
    let (sealed, plain) = (session.read("new.delta"), session.read("plain.delta"));
    assert!(sealed[..sealed.len() - SEAL_LEN] == plain);
    let (sealed, plain) = (session.read("old.sig"), session.read("plain.sig"));
    assert_eq!(sealed.len(), plain.len() + SEAL_LEN.next_multiple_of(36));
    assert!(sealed.starts_with(&plain));
    session
        .run("rollsync signature --plain old.img | cmp - plain.sig")
        .run("rollsync diff --plain old.img new.img | cmp - plain.delta")
        .run("rollsync diff --plain --json old.img new.img -o again.delta");
    assert_snapshot!(session.transcript());
}

#[test]
fn every_flipped_bit_is_found() {
    let session = session();
    let (delta, old, before) = (session.read("new.delta"), session.read("old.img"), session.names());
    let status = |line: &str| session.status(line);
    for at in (0..delta.len()).step_by(211).chain((delta.len() - SEAL_LEN..delta.len()).step_by(7)) {
        let mut changed = delta.clone();
        changed[at] ^= 1 << (at % 8);
        session.write("new.delta", &changed);
        let (code, said) = status("rollsync patch old.img new.delta -f -o old.img");
        assert_eq!(code, 3, "{at}: {said}");
        assert!(said.contains("new.delta") && !said.contains("old.img is not"), "{at}: {said}");
        let (code, said) = status("cat new.delta | rollsync patch old.img - -f -o old.img");
        assert_eq!(code, 3, "{at}: {said}");
    }
    for len in (0..delta.len()).step_by(397).chain(delta.len() - SEAL_LEN + 1..delta.len()).step_by(5) {
        session.write("new.delta", &delta[..len]);
        let (code, said) = status("rollsync patch old.img new.delta -f -o old.img");
        assert_eq!(code, 3, "{len}: {said}");
        let (code, said) = status("cat new.delta | rollsync patch old.img - -f -o old.img");
        assert_eq!(code, 3, "{len}: {said}");
    }
    session.write("new.delta", &delta);
    // Of the basis two runs of whole blocks are copied; the rest may be what it likes.
    for at in (0..old.len()).step_by(19_997) {
        let mut changed = old.clone();
        changed[at] ^= 0x10;
        session.write("other.img", &changed);
        let (code, said) = status("rollsync patch other.img new.delta -f -o old.img");
        let is_used = (0..49_920).contains(&at) || (60_288..199_680).contains(&at);
        assert_eq!(code, if is_used { 4 } else { 0 }, "{at}: {said}");
        if is_used {
            assert!(said.contains("other.img is not the basis"), "{at}: {said}");
            assert!(session.read("old.img") == old);
        }
        session.write("old.img", &old);
    }
    assert_eq!(session.names(), before);
}
