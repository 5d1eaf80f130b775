//! The whole-file functions of rollsync.h.

use crate::program::{Language, Workshop};

#[test]
fn streams_that_wait_or_fail() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/pipes.c", Language::C);
    assert_eq!(workshop.run(&program, &[]), "none is waited for\n");
}

#[test]
fn options() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build("tests/c/files.c", language);
        assert_eq!(workshop.run(&program, &[]), "all as asked for\n");
        if language == Language::C {
            workshop.run_checked(&program, &[]);
        }
    }
}
