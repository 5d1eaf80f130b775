//! What `-s` prints, but for seconds, rates and the weak sum compares.

use std::fs;

use rollsync_conformance::{Case, Class, Release, Stdin, Tool, present, stderr_lines};

#[test]
fn of_every_action() {
    let Some(real) = present(Tool::real_rdiff()) else { return };
    let both = [Tool::rdiff(Release::V2_3_2), real];
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let mut count = 0;
    for (class, seed) in Class::ALL.into_iter().flat_map(|class| (0..10).map(move |seed| (class, seed))) {
        let Case { mut basis, mut new, arguments } = Case::draw(class, 2_000_000 + seed);
        // Counters that stay 0, and long files for megabytes that are not.
        match seed {
            0 => basis.clear(),
            1 => new.clear(),
            2 => new.extend(b"megabytes".repeat(100_000)),
            3 => basis.extend(b"megabytes".repeat(150_000)),
            _ => {}
        }
        fs::write(folder.join("basis"), &basis).unwrap();
        fs::write(folder.join("new"), &new).unwrap();
        let [block_len, strong_len] = [arguments.block_len.to_string(), arguments.strong_len.to_string()];
        let options = [&crate::kinds(arguments.format)[..], &["-b", &block_len, "-S", &strong_len]].concat();
        let signature = [&options[..], &["signature", "basis", "sig"]].concat();
        let actions: [&[&str]; 3] =
            [&signature, &["delta", "sig", "new", "delta"], &["patch", "basis", "delta", "out"]];
        for action in actions {
            let arguments = [&["-f", "-s"], action].concat();
            let [ours, theirs] = both.each_ref().map(|rdiff| rdiff.run(folder, &arguments, Stdin::Empty));
            let label = format!("seed {seed} of {class:?}, {arguments:?}");
            assert_eq!(ours.status, theirs.status, "{label}");
            assert_eq!(stderr_lines(&ours), stderr_lines(&theirs), "(ours, theirs) {label}");
            // All of what -s says is compared, and not left out by both.
            let lines = if action[0] == "delta" { 3 } else { 1 };
            assert!(
                stderr_lines(&ours).iter().filter(|line| line.contains(" statistics: ")).count() == lines
            );
            count += 1;
        }
    }
    println!("statistics: {count} runs");
}
