//! Seeded edits of a basis, class by class. Each case runs beside both releases.

use rollsync_conformance::{Buffers, Case, Class, Ours, Random, RealLibrsync, Release, Stdin, Tool, present};

use crate::compare::{Drive, Seen, round, same, same_bytes};

/// Cases drawn of each class; those that bring out what the class is for are counted, and must be as many as the
/// second number.
const MIXED: (u64, usize) = (1_020, 1_000);
const LONG_LITERAL: (u64, usize) = (320, 300);
const SHORT_STRONG_SUM: (u64, usize) = (340, 300);
const EQUAL_BLOCKS: (u64, usize) = (340, 300);
const ALTERED: u64 = 400;
const PIPES: (u64, usize) = (320, 300);

const _: () = assert!(MIXED.1 + LONG_LITERAL.1 + SHORT_STRONG_SUM.1 + EQUAL_BLOCKS.1 + PIPES.1 >= 2_000);

#[test]
fn mixed() {
    let seen = cases(Class::Mixed, MIXED.0);
    expect("mixed", &seen, MIXED.1, |_| true);
    expect("mixed, with copies", &seen, MIXED.1 / 2, |seen| seen.copies > 0);
}

#[test]
fn long_literals() {
    let seen = cases(Class::LongLiteral, LONG_LITERAL.0);
    expect("literals over 65533 bytes", &seen, LONG_LITERAL.1, |seen| seen.longest_literal > 65_533);
    expect("and copies beside them", &seen, LONG_LITERAL.1 / 3, |seen| seen.copies > 0);
}

#[test]
fn short_strong_sums() {
    let seen = cases(Class::ShortStrongSum, SHORT_STRONG_SUM.0);
    expect("strong sums of 1 or 2 bytes", &seen, SHORT_STRONG_SUM.1, |seen| seen.false_hits > 0);
    expect("and a false match", &seen, SHORT_STRONG_SUM.1 / 3, |seen| seen.false_match);
}

#[test]
fn equal_blocks() {
    let seen = cases(Class::EqualBlocks, EQUAL_BLOCKS.0);
    expect("many equal blocks", &seen, EQUAL_BLOCKS.1, |seen| seen.records >= 2 * seen.distinct_records);
}

/// Runs the cases of a class; every case has run to its end when this returns.
fn cases(class: Class, count: u64) -> Vec<Seen> {
    let reals: Vec<&RealLibrsync> =
        Release::ALL.into_iter().filter_map(|release| present(RealLibrsync::of(release))).collect();
    let mut all = Vec::new();
    for seed in 0..count {
        let case = Case::draw(class, seed);
        let drive = drive(case.basis.len().max(case.new.len()), seed);
        let label = format!("case {seed} of {class:?}");
        let mut last = None;
        for real in &reals {
            let seen = round(real, &case, drive, &label);
            assert!(seen.is_some(), "{label}: the parameters are in range");
            last = seen;
        }
        all.extend(last);
    }
    all
}

/// Whole files with librsync's own buffers, with other ones, and in pieces.
fn drive(len: usize, seed: u64) -> Drive {
    let mut random = Random::new(!seed);
    // Small pieces take long.
    let lens: &[usize] = if len < 5_000 { &[0, 1, 3, 100, 1_000] } else { &[0, 4_096, 65_536, 100_000] };
    let buffers = Buffers { input: random.pick(lens), output: random.pick(lens) };
    match random.below(3) {
        0 => Drive::WholeFile(Buffers::default()),
        1 => Drive::WholeFile(buffers),
        _ => Drive::Iterate(buffers),
    }
}

fn expect(what: &str, seen: &[Seen], at_least: usize, is_so: impl Fn(&Seen) -> bool) {
    if seen.is_empty() {
        return;
    }
    let count = seen.iter().filter(|seen| is_so(seen)).count();
    println!("{what}: {count} of {}", seen.len());
    assert!(count >= at_least, "{what}: {count} of {} cases, {at_least} wanted", seen.len());
}

/// Signatures that no basis has: weak sums 0 and ffffffff, which share a key, and records exchanged or mixed.
#[test]
fn altered_signatures() {
    let (mut matches, mut false_hits) = (0, 0);
    for release in Release::ALL {
        let Some(real) = present(RealLibrsync::of(release)) else { continue };
        let ours = Ours(release.profile());
        for seed in 0..ALTERED {
            let mut random = Random::new(seed);
            let class = random.pick(&[Class::Mixed, Class::ShortStrongSum, Class::EqualBlocks]);
            let Case { basis, new, arguments } = Case::draw(class, 3_000_000 + seed);
            let label = format!("case {seed}, altered, {arguments:?}, {}", release.version());
            let mut signature = ours.signature(&basis, true, &arguments, Buffers::default()).output;
            alter(&mut signature, &mut random);

            let whole_file = real.whole_file(Buffers::default());
            let (theirs, loaded) = whole_file.load(&signature);
            let (loaded_by_us, index) = ours.load(&signature, Buffers::default());
            same(&loaded_by_us, &theirs, true, &label);
            let (loaded, index) = (loaded.expect("it is a signature"), index.expect("it is a signature"));
            let (delta, searches) = ours.delta(&index, &new, None, Buffers::default());
            same(&delta, &whole_file.delta(&loaded, &new), true, &label);
            if !index.signature().is_empty() {
                assert_eq!(Some(searches), loaded.searches(), "{label}");
            }
            matches += searches.matches;
            false_hits += searches.false_hits();
        }
        println!("altered signatures, {}: {ALTERED}", release.version());
        assert!(matches > 0 && false_hits > 0);
    }
}

fn alter(signature: &mut [u8], random: &mut Random) {
    let record_len = 4 + usize::from(signature[11]);
    let records = &mut signature[12..];
    let count = records.len() / record_len;
    for _ in 0..if count == 0 { 0 } else { random.between(1, 40) } {
        let [one, other] = [(); 2].map(|()| record_len * random.below(count));
        match random.below(4) {
            0 => records[one..one + 4].fill(random.pick(&[0, 0xff])),
            // Same weak sum, other strong sum.
            1 => records.copy_within(other..other + 4, one),
            2 => records.copy_within(other..other + record_len, one),
            _ => records[one + 4 + random.below(record_len - 4)] ^= 1,
        }
    }
}

/// Both commands with pipes for standard input and output: each makes a signature, a delta and a patch, and takes the
/// other's.
#[test]
fn pipes() {
    let Some(real) = present(Tool::real_rdiff()) else { return };
    let ours = Tool::rdiff(Release::V2_3_2);
    let folder = tempfile::tempdir().unwrap();
    let (folder, mut count) = (folder.path(), 0);
    for seed in 0..PIPES.0 {
        let mut random = Random::new(seed);
        let Case { basis, new, arguments } = Case::draw(random.pick(&Class::ALL), 1_000_000 + seed);
        let label = format!("case {seed} through pipes, {arguments:?}");
        let [block_len, strong_len] = [arguments.block_len.to_string(), arguments.strong_len.to_string()];
        let options = [&crate::kinds(arguments.format)[..], &["-b", &block_len, "-S", &strong_len]].concat();

        let signature = [&options[..], &["signature"]].concat();
        let signatures = [&ours, &real].map(|rdiff| through(rdiff, folder, &signature, &basis, &label));
        same_bytes(&signatures[0], &signatures[1], &format!("signature, {label}"));

        std::fs::write(folder.join("signature"), &signatures[0]).unwrap();
        let deltas =
            [&ours, &real].map(|rdiff| through(rdiff, folder, &["delta", "signature"], &new, &label));
        same_bytes(&deltas[0], &deltas[1], &format!("delta, {label}"));

        std::fs::write(folder.join("basis"), &basis).unwrap();
        let [by_ours, by_real] = [(&ours, &deltas[1]), (&real, &deltas[0])]
            .map(|(rdiff, delta)| rdiff.run(folder, ["patch", "basis", "-", "-"], Stdin::Pipe(delta)));
        assert_eq!(by_ours.status, by_real.status, "patch, {label}: {}", by_ours.stderr);
        if by_real.status == Some(0) {
            same_bytes(&by_ours.stdout, &by_real.stdout, &format!("patch, {label}"));
            assert!(by_real.stdout == new || (1..=2).contains(&arguments.strong_len), "{label}");
        } else {
            assert!((1..=2).contains(&arguments.strong_len), "patch, {label}: {}", by_real.stderr);
        }
        count += 1;
    }
    println!("through pipes: {count}");
    assert!(count >= PIPES.1, "{count} cases through pipes");
}

fn through(rdiff: &Tool, folder: &std::path::Path, arguments: &[&str], input: &[u8], label: &str) -> Vec<u8> {
    let run = rdiff.run(folder, arguments, Stdin::Pipe(input));
    assert_eq!(run.status, Some(0), "{label}: {}", run.stderr);
    run.stdout
}
