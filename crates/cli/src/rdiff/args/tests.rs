use super::*;

fn parsed(arguments: &[&str]) -> Parsed {
    parse(arguments.iter().map(OsString::from), Ordering::Anywhere)
}

fn signature(arguments: &[&str]) -> SignatureRequest {
    match parsed(arguments).outcome {
        Ok(Invocation::Signature(request)) => request,
        other => panic!("{arguments:?}: {other:?}"),
    }
}

fn complaint(arguments: &[&str]) -> String {
    let error = parsed(arguments).outcome.expect_err("a usage error");
    let lines = String::from_utf8(error.lines()).expect("arguments were UTF-8");
    lines.lines().next().expect("a first line").trim_start_matches("rdiff: ").to_owned()
}

fn path(name: &str) -> FileName {
    FileName::Path(name.into())
}

#[test]
fn an_action_is_any_prefix_in_the_order_of_the_usage() {
    for word in ["", "s", "sig", "signature"] {
        assert_eq!(signature(&[word, "b"]).basis, path("b"), "{word:?}");
    }
    assert!(matches!(parsed(&["d", "s"]).outcome, Ok(Invocation::Delta(_))));
    assert!(matches!(parsed(&["patc", "s"]).outcome, Ok(Invocation::Patch(_))));
    for word in ["signatures", "x", "Sig"] {
        assert_eq!(complaint(&[word]), "You must specify an action: `signature', `delta', or `patch'.");
    }
}

#[test]
fn missing_files_and_dashes_are_the_standard_streams() {
    let request = signature(&["sig"]);
    assert_eq!((request.basis, request.signature), (FileName::Standard, FileName::Standard));
    let request = signature(&["sig", "-", "out"]);
    assert_eq!((request.basis, request.signature), (FileName::Standard, path("out")));
    let request = signature(&["sig", "--", "-", "-f"]);
    assert_eq!((request.basis, request.signature), (FileName::Standard, path("-f")));
    assert_eq!(signature(&["sig", ""]).basis, path(""));
}

#[test]
fn mandatory_files() {
    assert_eq!(complaint(&["delta"]), "Usage for delta: rdiff [OPTIONS] delta SIGNATURE [NEWFILE [DELTA]]");
    assert_eq!(complaint(&["p", "-f"]), "Usage for patch: rdiff [OPTIONS] patch BASIS [DELTA [NEW]]");
    match parsed(&["patch", "-", "d"]).outcome {
        Ok(Invocation::Patch(request)) => {
            assert_eq!((&request.basis, &request.delta), (&FileName::Standard, &path("d")));
            assert_eq!(request.new, FileName::Standard);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn every_form_of_a_value_and_the_last_one_wins() {
    for form in [
        &["-b", "64"][..],
        &["-b64"],
        &["-b=64"],
        &["--block-size", "64"],
        &["--block-size=64"],
        &["-fsb64"],
        &["-b1", "-b0x40"],
    ] {
        let mut arguments = vec!["sig", "b"];
        arguments.extend(form);
        assert_eq!(signature(&arguments).block_len, 64, "{form:?}");
    }
    for form in [&["-S", "-1"][..], &["-S-1"], &["--sum-size=-1"], &["-S=-1"]] {
        let mut arguments = form.to_vec();
        arguments.push("sig");
        assert_eq!(signature(&arguments).strong_len, -1, "{form:?}");
    }
    let request = signature(&["-I", "7", "sig", "--output-size=9", "-fs"]);
    let expected = Settings { force: true, statistics: true, input_len: 7, output_len: 9 };
    assert_eq!(request.settings, expected);
}

#[test]
fn help_and_version_act_when_they_are_met() {
    assert_eq!(parsed(&["-vh", "--bogus"]), Parsed { trace_requests: 1, outcome: Ok(Invocation::Help) });
    assert_eq!(parsed(&["-Vv", "--help"]), Parsed { trace_requests: 0, outcome: Ok(Invocation::Version) });
    assert_eq!(parsed(&["x", "-?"]).outcome, Ok(Invocation::Help));
    assert_eq!(complaint(&["--bogus", "-V"]), "unknown option: --bogus");
}

#[test]
fn compression_is_refused_with_its_own_code() {
    for form in [&["-z"][..], &["-i"], &["--gzip"], &["--bzip2"], &["-fz9"], &["sig", "b", "-z", "--bogus"]] {
        let error = parsed(form).outcome.expect_err("refused");
        assert_eq!(error.code().exit_status(), 105, "{form:?}");
        assert_eq!(
            error.lines(),
            b"rdiff: Sorry, compression is not implemented yet.\n\nTry `rdiff --help' for more information.\n"
        );
    }
    assert_eq!(complaint(&["--gzip=9"]), "option does not take an argument: --gzip=9");
}

#[test]
fn surplus_and_algorithms_wait_for_the_check() {
    let sums = |arguments: &[&str]| {
        signature(arguments).check().map_err(|error| String::from_utf8(error.lines()).expect("UTF-8"))
    };
    assert_eq!(sums(&["sig"]), Ok(Sums { hash: Hash::Blake2, rollsum: Rollsum::RabinKarp }));
    assert_eq!(
        sums(&["sig", "-Hmd4", "--rollsum=rollsum"]),
        Ok(Sums { hash: Hash::Md4, rollsum: Rollsum::Rollsum })
    );
    for (arguments, message) in [
        (&["sig", "-Hfoo", "-Rbar"][..], "Unknown hash algorithm 'foo'."),
        (&["sig", "-Rbar"], "Unknown rollsum algorithm 'bar'."),
        (&["sig", "-HMD4"], "Unknown hash algorithm 'MD4'."),
        (&["sig", "-H="], "Unknown hash algorithm ''."),
        (&["sig", "-Hfoo", "1", "2", "3"], "Too many arguments."),
    ] {
        assert!(sums(arguments).is_err_and(|lines| lines.contains(message)), "{arguments:?}");
    }
    assert!(
        matches!(parsed(&["delta", "-Hfoo", "s"]).outcome, Ok(Invocation::Delta(r)) if r.check().is_ok())
    );
    assert!(
        matches!(parsed(&["delta", "1", "2", "3", "4"]).outcome, Ok(Invocation::Delta(r)) if r.check().is_err())
    );
    assert!(
        matches!(parsed(&["patch", "1", "2", "3", "4"]).outcome, Ok(Invocation::Patch(r)) if r.check().is_err())
    );
}

#[test]
fn posix_ordering_ends_options_at_the_first_operand() {
    let arguments = ["-f", "sig", "-s", "--"].map(OsString::from);
    let parsed = parse(arguments, Ordering::OptionsFirst);
    match parsed.outcome {
        Ok(Invocation::Signature(request)) => {
            assert!(request.settings.force && !request.settings.statistics);
            assert_eq!((request.basis, request.signature), (path("-s"), path("--")));
        }
        other => panic!("{other:?}"),
    }
}

#[cfg(unix)]
#[test]
fn arguments_need_not_be_text() {
    use std::os::unix::ffi::OsStringExt;
    let odd = OsString::from_vec(vec![b'-', 0xff]);
    let error = parse([odd], Ordering::Anywhere).outcome.expect_err("no such option");
    assert!(error.lines().starts_with(b"rdiff: unknown option: -\xff\n"));
}
