//! Work on several threads inside somebody else's process.

use crate::program::{Language, Workshop};

#[test]
fn workers_are_not_seen() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/threads.c", Language::C);
    let said = workshop.run(&program, &[]);
    assert_eq!(said, "workers, the same delta, 0 strangers, 0 unmasked, signals came, 1 left\n");
}
