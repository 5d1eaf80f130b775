//! The examples, built and run as C and as C++.

use std::fs;
use std::process::Command;

use rollsync_conformance::{Case, Class};

use crate::program::{Language, Workshop, read};

#[test]
fn streaming() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build("examples/streaming.c", language);
        let said = workshop.run(&program, &[]);
        assert_eq!(said, "3540 bytes of signature and 2267 of delta for 200007\n");
        if language == Language::C {
            workshop.run_checked(&program, &[]);
        }
    }
}

#[test]
fn poll() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build("examples/poll.c", language);
        assert_eq!(workshop.run(&program, &[]), "1000000 bytes by a delta of 4713\n");
        if language == Language::C {
            workshop.run_checked(&program, &[]);
        }
    }
}

#[test]
fn whole_file_and_driven() {
    let workshop = Workshop::new();
    let case = Case::draw(Class::LongLiteral, 2);
    fs::write(workshop.path().join("old"), &case.basis).expect("a file");
    fs::write(workshop.path().join("new"), &case.new).expect("a file");
    for language in Language::ALL {
        let program = workshop.build("examples/whole_file.c", language);
        let said = workshop.run(&program, &["old", "new"]);
        assert!(said.contains("\ndelta statistics: literal["), "{said}");
        assert!(read(workshop.path(), "new.again") == case.new);

        let program = workshop.build("examples/driven.c", language);
        let driven = Command::new(program)
            .arg("new.sig")
            .current_dir(workshop.path())
            .env("LD_LIBRARY_PATH", workshop.path())
            .stdin(fs::File::open(workshop.path().join("new")).expect("a file"))
            .output()
            .expect("it was built");
        assert!(driven.status.success(), "{}", String::from_utf8_lossy(&driven.stderr));
        assert!(driven.stdout == read(workshop.path(), "new.delta"));
    }
}

#[test]
fn verified_files() {
    let workshop = Workshop::new();
    let case = Case::draw(Class::LongLiteral, 3);
    fs::write(workshop.path().join("old"), &case.basis).expect("a file");
    fs::write(workshop.path().join("new"), &case.new).expect("a file");
    let (old, new) = (case.basis.len(), case.new.len());
    for language in Language::ALL {
        let program = workshop.build("examples/verified_files.c", language);
        let said = workshop.run(&program, &["delta", "old", "new", "delta"]);
        let delta = read(workshop.path(), "delta");
        assert_eq!(said, format!("delta: {new} bytes in, {} out\n", delta.len()));
        let said = workshop.run(&program, &["patch", "old", "delta", "again"]);
        assert_eq!(
            said,
            format!(
                "verified: {new} bytes from a basis of {old}\npatch: {} bytes in, {new} out\n",
                delta.len()
            )
        );
        assert!(read(workshop.path(), "again") == case.new);

        // A delta that is damaged, one that is cut behind END, and another basis: no new file, and the one that is there stays.
        let damaged = |at: usize| [&delta[..at], &[delta[at] ^ 1], &delta[at + 1..]].concat();
        for (name, bytes) in [
            ("flipped", damaged(delta.len() / 2)),
            ("in-seal", damaged(delta.len() - 1)),
            ("plain", delta[..delta.len() - 128].to_vec()),
        ] {
            fs::write(workshop.path().join(name), bytes).expect("a file");
            for output in ["never", "again"] {
                workshop.run_failing(&program, &["patch", "old", name, output]);
            }
        }
        workshop.run_failing(&program, &["patch", "new", "delta", "never"]);
        assert!(read(workshop.path(), "again") == case.new);
        for absent in ["never", "never.part", "again.part", "delta.part"] {
            assert!(!workshop.path().join(absent).exists(), "{absent}");
        }
    }
}

#[test]
fn sealed() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build("examples/sealed.c", language);
        let said = workshop.run(&program, &[]);
        let expected = format!(
            "signature: 100000 bytes in, 3756 out\nverified: 100000 bytes from a basis of 100000, which is known\n\
             another basis is noticed\nthe limit holds\ncancelled; this was rollsync {}\n",
            env!("CARGO_PKG_VERSION")
        );
        assert_eq!(said, expected);
        if language == Language::C {
            workshop.run_checked(&program, &[]);
        }
    }
}
