//! What the shared library shows to the loader.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rollsync_conformance::present;

use crate::library::{ours, repo};
use crate::program::{Language, Workshop, printed, tool};

/// librsync's, complete; a number is the size of a variable.
const NAMES: &[(&str, Option<u64>)] = &[
    ("RS_BLAKE2_SUM_LENGTH", Some(4)),
    ("RS_MD4_SUM_LENGTH", Some(4)),
    ("rs_base64", None),
    ("rs_build_hash_table", None),
    ("rs_delta_begin", None),
    ("rs_delta_file", None),
    ("rs_file_close", None),
    ("rs_file_copy_cb", None),
    ("rs_file_open", None),
    ("rs_file_size", None),
    ("rs_format_stats", None),
    ("rs_free_sumset", None),
    ("rs_hexify", None),
    ("rs_inbuflen", Some(4)),
    ("rs_job_drive", None),
    ("rs_job_free", None),
    ("rs_job_iter", None),
    ("rs_job_statistics", None),
    ("rs_librsync_version", Some(15)),
    ("rs_loadsig_begin", None),
    ("rs_loadsig_file", None),
    ("rs_log_stats", None),
    ("rs_mdfour", None),
    ("rs_mdfour_begin", None),
    ("rs_mdfour_result", None),
    ("rs_mdfour_update", None),
    ("rs_outbuflen", Some(4)),
    ("rs_patch_begin", None),
    ("rs_patch_file", None),
    ("rs_sig_args", None),
    ("rs_sig_begin", None),
    ("rs_sig_file", None),
    ("rs_signature_log_stats", None),
    ("rs_strerror", None),
    ("rs_sumset_dump", None),
    ("rs_supports_trace", None),
    ("rs_trace_set_level", None),
    ("rs_trace_stderr", None),
    ("rs_trace_to", None),
    ("rs_unbase64", None),
];

/// rollsync.h's.
const OWN: &[&str] = &[
    "rollsync_cancel",
    "rollsync_cancel_free",
    "rollsync_cancel_new",
    "rollsync_delta_file",
    "rollsync_job_cancel",
    "rollsync_job_error",
    "rollsync_job_seal",
    "rollsync_job_set_limits",
    "rollsync_job_set_profile",
    "rollsync_job_set_progress",
    "rollsync_job_set_seal",
    "rollsync_loadsig_file",
    "rollsync_patch_file",
    "rollsync_set_threads",
    "rollsync_sig_file",
    "rollsync_version",
];

/// Each defined dynamic symbol with its kind and size.
fn symbols(library: &Path) -> Option<BTreeMap<String, (String, u64)>> {
    let table = present(printed("readelf", &["--dyn-syms", "--wide"], library))?;
    // "    12: 0000000000041d00    26 FUNC    GLOBAL DEFAULT   14 rs_build_hash_table"
    let symbols = table.lines().filter_map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let &[number, _, size, kind, "GLOBAL" | "WEAK", "DEFAULT", section, name] = &fields[..] else {
            return None;
        };
        let is_ours = number.ends_with(':') && section != "UND";
        is_ours.then(|| (name.to_owned(), (kind.to_owned(), size.parse().expect("a decimal size"))))
    });
    Some(symbols.collect())
}

#[test]
fn the_names_are_librsyncs_and_our_own() {
    let Some(symbols) = symbols(&ours()) else { return };
    assert_eq!(NAMES.len(), 40);
    let mut expected: Vec<&str> = NAMES.iter().map(|(name, _)| *name).chain(OWN.iter().copied()).collect();
    expected.sort_unstable();
    // A version would stand behind the name: `rs_base64@@LIBRSYNC_2`.
    assert_eq!(symbols.keys().map(String::as_str).collect::<Vec<_>>(), expected);
    for (name, size) in NAMES {
        let (kind, found) = &symbols[*name];
        match size {
            Some(size) => assert_eq!((&kind[..], found), ("OBJECT", size), "{name}"),
            None => assert_eq!(kind, "FUNC", "{name}"),
        }
    }
}

#[test]
fn the_real_ones_have_the_same_names() {
    for (library, is_newest) in [
        (repo().join(".oracles/librsync-2.3.4/librsync.so"), true),
        (PathBuf::from("/usr/lib/x86_64-linux-gnu/librsync.so.2"), false),
    ] {
        if !library.exists() {
            present::<()>(Err(rollsync_conformance::Missing(format!("no {}", library.display()))));
            continue;
        }
        let Some(symbols) = symbols(&library) else { return };
        let names: Vec<(&str, Option<u64>)> = symbols
            .iter()
            .filter(|(name, _)| name.starts_with("rs_") || name.starts_with("RS_"))
            .map(|(name, (kind, size))| (&name[..], (kind == "OBJECT").then_some(*size)))
            .collect();
        assert_eq!(names, NAMES, "{}, {is_newest}", library.display());
    }
}

#[test]
fn the_name_in_the_file_is_librsyncs() {
    let Some(dynamic) = present(printed("readelf", &["--dynamic", "--wide"], &ours())) else { return };
    assert!(dynamic.contains("Library soname: [librsync.so.2]"), "{dynamic}");
    for absent in ["VERDEF", "SYMBOLIC", "TEXTREL"] {
        assert!(!dynamic.contains(absent), "{absent}: {dynamic}");
    }
}

#[test]
fn abidiff_finds_nothing_missing() {
    let debian = Path::new("/usr/lib/x86_64-linux-gnu/librsync.so.2");
    if present(tool("abidiff")).is_none() || !debian.exists() {
        return;
    }
    // Without debugging information of the original, it compares the symbols.
    let compared = Command::new("abidiff").arg(debian).arg(ours()).output().expect("abidiff is there");
    // Bit 3 of the status is "incompatible".
    assert_eq!(compared.status.code().map(|code| code & 8), Some(0), "{compared:?}");
}

/// An executable holds the variables in its own memory; what it stores there is obeyed.
#[test]
fn variables_are_the_executables() {
    let workshop = Workshop::new();
    let program = workshop.build("tests/c/variables.c", Language::C);
    if let Some(relocations) = present(printed("readelf", &["--relocs", "--wide"], &program)) {
        for name in ["rs_inbuflen", "rs_outbuflen", "rs_librsync_version"] {
            let is_copied = |line: &str| line.contains("_COPY") && line.contains(name);
            assert!(relocations.lines().any(is_copied), "{name} is not copied: {relocations}");
        }
    }
    assert_eq!(workshop.run(&program, &[]), "librsync 2.3.4: literals of 7 and 300\n");
}
