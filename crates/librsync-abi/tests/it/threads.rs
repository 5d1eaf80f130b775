//! Work on several threads inside somebody else's process.

use crate::program::{Language, Workshop};

#[test]
fn workers_are_not_seen() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/threads.c", Language::C);
    let said = workshop.run(&program, &[]);
    assert_eq!(
        said,
        "signatures: the same, deltas: the same, 0 strangers, 0 unmasked, signals came, 1 left\n"
    );
}

#[test]
fn work_after_a_fork() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/fork.c", Language::C);
    assert_eq!(workshop.run(&program, &[]), "three generations, the same files\n");
}

#[test]
fn fewer_threads_than_asked_for() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/few_threads.c", Language::C);
    assert_eq!(workshop.run(&program, &[]), "with however many, the same\n");
}
