//! What is meant to differ from the original, as far as it is not tested with its subject.

use std::fs;

use crate::program::{Program, names, noise, stderr};

#[test]
fn sizes_on_which_the_original_aborts() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("basis"), b"basis").expect("basis");
    let ours = Program::ours();
    for (arguments, line) in [
        (&["signature", "-b", "-5", "basis", "out"][..], "(rs_sig_args) invalid block_len=-5"),
        (&["signature", "-b", "-2147483648", "basis", "out"], "(rs_sig_args) invalid block_len=-2147483648"),
        (&["signature", "-I", "-1", "basis", "out"], "(rs_alloc) invalid input buffer size -1"),
        (&["delta", "-O", "-7", "basis", "basis", "out"], "(rs_alloc) invalid output buffer size -7"),
        (
            &["patch", "-I", "-1", "-O", "-1", "basis", "basis", "out"],
            "(rs_alloc) invalid input buffer size -1",
        ),
    ] {
        let output = ours.run(folder, arguments);
        assert_eq!(output.status.code(), Some(108), "{arguments:?}");
        assert_eq!(
            stderr(&output),
            format!("librsync: ERROR: {line}\nrdiff: Failed, unexplained problem.\n"),
            "{arguments:?}"
        );
        assert_eq!(names(folder), ["basis"]);
    }
    for size in ["1000000000", "2147483647"] {
        ours.must(folder, &["signature", "-f", "-b", size, "-I", size, "-O", size, "basis", "sums"]);
        let signature = fs::read(folder.join("sums")).expect("the signature");
        assert_eq!(signature[4..8], size.parse::<u32>().expect("a size").to_be_bytes());
        ours.must(folder, &["delta", "-f", "sums", "basis", "changes"]);
        let delta = fs::read(folder.join("changes")).expect("the delta");
        assert_eq!(delta, b"rs\x026\x45\0\x05\0", "the short block is found");
    }
}

#[test]
fn popt_s_placeholder_is_a_value_like_any() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("basis"), noise(13, 1000)).expect("basis");
    let arguments = ["-b", "!#:+", "64", "signature", "basis", "out"];
    let output = Program::ours().run(folder, &arguments);
    assert_eq!(output.status.code(), Some(101));
    assert!(stderr(&output).starts_with("rdiff: invalid numeric value: !#:+\n"));
    if let Some(real) = Program::real("popt_s_placeholder_is_a_value_like_any") {
        assert!(real.run(folder, &arguments).status.success(), "there the next operand takes its place");
    }
}

#[test]
fn compression_has_a_name_and_no_more() {
    let folder = tempfile::tempdir().expect("a folder");
    for option in ["-z", "--gzip", "-i", "--bzip2"] {
        let output = Program::ours().run(folder.path(), &[option, "signature", "absent", "out"]);
        assert_eq!(output.status.code(), Some(105), "{option}");
        assert!(stderr(&output).starts_with("rdiff: Sorry, compression is not implemented yet.\n"));
    }
}

#[test]
fn the_version_is_that_of_the_librsync_whose_bytes_come_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = Program::ours().must(folder.path(), &["--version"]);
    let text = String::from_utf8(output.stdout).expect("text");
    assert_eq!(text.lines().next(), Some("rdiff (librsync 2.3.4)"));
    assert!(text.contains("rollsync"), "{text}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_closed_standard_input_is_not_the_next_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    fs::write(folder.join("delta"), b"rs\x026\x45\0\x04\0").expect("a delta");
    let run =
        |program: &Program| program.run_in_shell(folder, &["patch", "-", "delta"], "exec \"$0\" \"$@\" <&-");
    let output = run(&Program::ours());
    assert_eq!(output.status.code(), Some(100));
    assert!(stderr(&output).contains("(rs_file_copy_cb) seek failed: Bad file descriptor\n"));
    if let Some(real) = Program::real("a_closed_standard_input_is_not_the_next_file") {
        assert_eq!(run(&real).stdout, b"rs\x026", "there the delta is its own basis");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn memory_that_is_not_there_is_102() {
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let header = [0x7273_0147_u32, 256, 1].map(u32::to_be_bytes).concat();
    fs::write(folder.join("sums"), [header, noise(14, 5 * 4_000_000)].concat()).expect("a signature");
    fs::write(folder.join("new"), b"new").expect("new");
    let arguments = ["delta", "sums", "new", "out"];
    // In the first case the records do not fit, in the second the tables over them.
    for (kibibytes, job) in
        [(20_000, "librsync: ERROR: (rs_job_complete) loadsig job failed: out of memory\n"), (60_000, "")]
    {
        let script = format!("ulimit -v {kibibytes}; exec \"$0\" \"$@\"");
        let output = Program::ours().run_in_shell(folder, &arguments, &script);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(102), "{said}");
        assert!(said.starts_with("librsync: ERROR: (rs_alloc) no memory for "), "{said}");
        assert!(said.ends_with(&format!(" bytes\n{job}rdiff: Failed, out of memory.\n")), "{said}");
        assert_eq!(names(folder), ["new", "sums"]);
    }
}
