//! The whole-file functions of rollsync.h.

use crate::program::{Language, Workshop};

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
