//! What a program may do wrong.

use crate::program::{Language, Workshop};

#[test]
fn nulls_and_wrong_order() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build("tests/c/misuse.c", language);
        assert_eq!(workshop.run(&program, &[]), "nothing happened\n");
        if language == Language::C {
            workshop.run_checked(&program, &[]);
        }
    }
}
