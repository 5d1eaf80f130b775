//! The layout of the structs, as C sees it: in our header, and in the real one.

use std::path::Path;
use std::process::Command;

use rollsync_conformance::{Missing, present};

use crate::program::{Language, Workshop};

const SOURCE: &str = "tests/c/layout.c";

#[test]
fn our_headers() {
    let workshop = Workshop::new();
    for language in Language::ALL {
        let program = workshop.build(SOURCE, language);
        workshop.run(&program, &[]);
    }
}

/// The same file, compiled with librsync's own header: what it asserts is so there.
#[test]
fn the_real_header() {
    let header = Path::new("/usr/include/librsync.h");
    let found = if header.exists() { Ok(()) } else { Err(Missing(format!("no {}", header.display()))) };
    if present(found).is_none() {
        return;
    }
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join(SOURCE);
    let checked = Command::new("cc").args(["-std=c11", "-fsyntax-only"]).arg(source).output();
    let checked = checked.expect("there is a C compiler");
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
