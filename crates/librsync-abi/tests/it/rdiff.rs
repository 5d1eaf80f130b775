//! Debian's `rdiff`, unmodified, on our library.

use std::fs;

use rollsync_conformance::{Case, Class, Random, Stdin, Tool, present, stderr_lines};

use crate::program::Workshop;

/// The same program twice: as it is, and led to our library.
fn both(workshop: &Workshop) -> Option<[Tool; 2]> {
    let real = present(Tool::real_rdiff())?;
    let ours = real
        .clone()
        .with_variable("LD_LIBRARY_PATH", workshop.library_path())
        .with_variable("ROLLSYNC_PROFILE", "librsync-2.3.2");
    // That it is ours shows in what it calls itself, and in what the loader says.
    let said = ours.done(workshop.path(), ["-V"]);
    assert!(said.stdout.starts_with(b"rdiff (librsync 2.3.4)"), "{}", String::from_utf8_lossy(&said.stdout));
    let loaded = ours.clone().with_variable("LD_TRACE_LOADED_OBJECTS", "1").done(workshop.path(), ["-V"]);
    let loaded = String::from_utf8_lossy(&loaded.stdout).into_owned();
    let line = format!("librsync.so.2 => {}/librsync.so.2", workshop.library_path());
    assert!(loaded.contains(&line), "{loaded}");
    Some([real, ours])
}

#[test]
fn the_three_steps() {
    let workshop = Workshop::new();
    let Some([real, ours]) = both(&workshop) else { return };
    let folder = workshop.path();
    let mut random = Random::new(41);
    for seed in 0..40 {
        let case = Case::draw(random.pick(&Class::ALL), seed);
        fs::write(folder.join("old"), &case.basis).expect("a file");
        fs::write(folder.join("new"), &case.new).expect("a file");
        let mut options = vec!["-s".to_owned()];
        if random.one_in(3) {
            options.push(format!("-I{}", random.pick(&[1, 100, 70_000])));
        }
        if random.one_in(3) {
            options.push(format!("-O{}", random.pick(&[1, 100, 70_000])));
        }
        let block_len = format!("-b{}", case.arguments.block_len);
        let rollsum = random.pick(&["-Rrollsum", "-Rrabinkarp"]);
        let hash = random.pick(&["-Hmd4", "-Hblake2"]);
        let steps: [(&str, Vec<&str>, [&str; 2]); 3] = [
            ("signature", vec![&block_len, rollsum, hash], ["old", ""]),
            ("delta", vec![], ["sums", "new"]),
            ("patch", vec![], ["old", "delta"]),
        ];
        for (step, more, inputs) in steps {
            let outputs = [("real", &real), ("ours", &ours)].map(|(name, tool)| {
                let output = format!("{step}-{name}");
                let mut arguments: Vec<&str> =
                    options.iter().map(String::as_str).chain(more.clone()).collect();
                arguments.extend(["-f", step]);
                arguments.extend(inputs.iter().filter(|input| !input.is_empty()));
                arguments.push(&output);
                let run = tool.run(folder, arguments, Stdin::Empty);
                (run.status, stderr_lines(&run), fs::read(folder.join(output)).unwrap_or_default())
            });
            let [real, ours] = &outputs;
            assert_eq!((real.0, &real.1), (ours.0, &ours.1), "{seed}: {step} {options:?}");
            assert!(real.2 == ours.2, "{seed}: {step} {options:?}");
            let next = match step {
                "signature" => "sums",
                "delta" => "delta",
                _ => "patched",
            };
            fs::write(folder.join(next), &ours.2).expect("a file");
        }
    }
}

#[test]
fn what_fails() {
    let workshop = Workshop::new();
    let Some([real, ours]) = both(&workshop) else { return };
    let folder = workshop.path();
    let basis = b"0123456789".repeat(1000);
    fs::create_dir(folder.join("folder")).expect("a folder");
    for (name, bytes) in [
        ("old", &basis[..]),
        ("new", b"all of it is new"),
        ("there", b"in the way"),
        ("cut", b"rs\x026\x05he"),
        ("bogus", b"rs\x026\x55"),
        ("far", b"rs\x026\x4d\x7f\xf0\x80\0"),
        ("nothing", b""),
        ("sums-cut", b"rs\x01\x36\0\0\x08\0\0\0\0\x08abcdef"),
        ("sums-strong", b"rs\x01\x36\0\0\x08\0\0\0\0\x11"),
        ("sums-block", b"rs\x01\x36\0\0\0\0\0\0\0\x08"),
    ] {
        fs::write(folder.join(name), bytes).expect("a file");
    }
    for line in [
        "signature absent out",
        "signature folder out",
        "signature old there",
        "signature old folder",
        "signature -S3 old out",
        "signature -S40 old out",
        "signature old /dev/full",
        "delta old new out",
        "delta nothing new out",
        "delta sums-cut new out",
        "delta sums-strong new out",
        "delta sums-block new out",
        "patch old cut out",
        "patch old bogus out",
        "patch old far out",
        "patch old nothing out",
        "patch old new out",
        "patch folder far out",
        "-s -v signature old out",
        "-s patch old absent out",
    ] {
        let [real, ours] = [&real, &ours].map(|tool| {
            let _ = fs::remove_file(folder.join("out"));
            let run = tool.run(folder, line.split(' '), Stdin::Empty);
            (run.status, run.stdout.clone(), stderr_lines(&run), fs::read(folder.join("out")).ok())
        });
        assert_eq!(real, ours, "rdiff {line}");
    }
}

/// From standard input to standard output.
#[test]
fn pipes() {
    let workshop = Workshop::new();
    let Some(tools) = both(&workshop) else { return };
    let folder = workshop.path();
    let basis = b"the old text, ".repeat(5000);
    let [real, ours] = tools.map(|tool| {
        let sums = tool.run(folder, ["signature"], Stdin::Pipe(&basis));
        fs::write(folder.join("sums"), &sums.stdout).expect("a file");
        let delta = tool.run(folder, ["delta", "sums"], Stdin::Pipe(&basis[5..]));
        fs::write(folder.join("old"), &basis).expect("a file");
        let patched = tool.run(folder, ["patch", "old"], Stdin::Pipe(&delta.stdout));
        assert!(patched.stdout == basis[5..]);
        [sums, delta, patched].map(|run| (run.status, run.stdout, run.stderr))
    });
    assert!(real == ours);
}
