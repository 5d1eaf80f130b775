//! Shows that the tests bite: breaks one rule of the delta algorithm at a time, and wants a test to fail.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::process::{capture, cargo, command, repo};

/// One line of the engine, changed so that one rule no longer holds.
struct Mutation {
    rule: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
}

const SCAN: &str = "crates/core/src/delta/scan.rs";
const EMIT: &str = "crates/core/src/delta/emit.rs";
const PART: &str = "crates/core/src/index/part.rs";
const MEMBERS: &str = "crates/core/src/index/members.rs";
const TABLE: &str = "crates/core/src/index/table.rs";
const AHEAD: &str = "crates/core/src/delta/ahead.rs";
const BUDGET: &str = "crates/core/src/delta/budget.rs";
const EVENT: &str = "crates/core/src/delta/event.rs";
const BATCH: &str = "crates/core/src/delta/batch.rs";
const LOOKAHEAD: &str = "crates/core/src/lookahead.rs";
const FOLLOW: &str = "crates/core/src/seal/follow.rs";
const OPTIONS: &str = "crates/core/src/delta/options.rs";

const MUTATIONS: [Mutation; 19] = [
    Mutation {
        rule: "the lowest of equal blocks is named",
        file: PART,
        from: "if self.signature.strong_sum(first as usize) == self.signature.strong_sum(block as usize) {",
        to: "if self.signature.strong_sum(first as usize) == self.signature.strong_sum(block as usize) { if !is_group { part.entries[slot] = block; }",
    },
    Mutation {
        rule: "blocks of one weak sum are found beyond their table's last slot",
        file: MEMBERS,
        from: "        put_abreast(&mut self.tags, slot, tag(hash));",
        to: "        self.tags[slot] = tag(hash);",
    },
    Mutation {
        rule: "greedy: the first block that fits is taken",
        file: AHEAD,
        from: "        for hit in self.hits.as_slice() {",
        to: "        for hit in self.hits.as_slice().iter().skip(usize::from(self.hits.as_slice().len() > 1)) {",
    },
    Mutation {
        rule: "the window is summed afresh behind a match",
        file: AHEAD,
        from: "        self.scan.restart();\n        self.chunk_len = FIRST_CHUNK;",
        to: "        self.chunk_len = FIRST_CHUNK;",
    },
    Mutation {
        rule: "the search goes on right behind the match",
        file: SCAN,
        from: "            self.position += found.len as u64;",
        to: "            self.position += found.len as u64 - u64::from(found.len > 1);",
    },
    Mutation {
        rule: "the window shrinks at the end of the new file",
        file: SCAN,
        from: "            window.roll_out(rest[decided]);",
        to: "            let _ = &mut window;",
    },
    Mutation {
        rule: "a shrunken window's copy has the window's length",
        file: SCAN,
        from: "Some(Match::one(block, window.len()))",
        to: "Some(Match::one(block, self.block_len.min(rest.len())))",
    },
    Mutation {
        rule: "copies merge only when they continue each other",
        file: EMIT,
        from: "            if copy.end() == found.block as u64 * block_len {",
        to: "            if copy.end() == found.block as u64 * block_len && copy.len < block_len * 2 {",
    },
    Mutation {
        rule: "literals are cut at the profile's length",
        file: OPTIONS,
        from: "            Self::Librsync234 => 65_533,",
        to: "            Self::Librsync234 => 65_534,",
    },
    Mutation {
        rule: "both sums decide, and of the strong one the leading bytes",
        file: TABLE,
        from: "            return (signature.strong_sum(block) == strong).then_some(block);",
        to: "            return (signature.strong_sum(block)[0] == strong[0]).then_some(block);",
    },
    Mutation {
        rule: "sums hashed ahead are those of their window",
        file: BATCH,
        from: "(self.positions[self.len], self.windows[self.len]) = (position, window);",
        to: "(self.positions[self.len], self.windows[self.len]) = (position, if self.len > 0 { self.windows[0] } else { window });",
    },
    Mutation {
        rule: "a way that was foreseen wrongly is left",
        file: AHEAD,
        from: "        if is_block == window.is_taken_for_block() {",
        to: "        if is_block == window.is_taken_for_block() || !is_block {",
    },
    Mutation {
        rule: "a run of windows ends where they are not foreseen to be blocks",
        file: AHEAD,
        from: "        if chained.is_block != Some(true) {",
        to: "        if chained.is_block != Some(true) && chained.is_block == Some(true) {",
    },
    Mutation {
        rule: "of a step taken from its middle, what lies behind is not counted",
        file: EVENT,
        from: "        let mut counted = if is_whole { counted } else { of_misses(misses_left) };",
        to: "        let mut counted = if is_whole { counted } else { of_misses(misses) };",
    },
    Mutation {
        rule: "blocks that follow one another are one step, others are not",
        file: EVENT,
        from: "== (run.block + run.count, run.len, 1)",
        to: "== (next.block, run.len, 1)",
    },
    Mutation {
        rule: "the blocks of a step lie in one segment of the work budget",
        file: EVENT,
        from: "            && search.segment_end(last.position) == search.segment_end(position)\n",
        to: "",
    },
    Mutation {
        rule: "the work budget is short where the basis is",
        file: BUDGET,
        from: "const LEAST: u64 = 4;",
        to: "const LEAST: u64 = 5;",
    },
    Mutation {
        rule: "what crosses the border of held and offered bytes lies in one piece",
        file: LOOKAHEAD,
        from: "self.append(&room.input[self.bridge..][..more], limits)?;",
        to: "self.append(&room.input[..more], limits)?;",
    },
    Mutation {
        rule: "a seal counts every byte before it",
        file: FOLLOW,
        from: "            self.output.update(&output[..produced]);",
        to: "            self.output.update(&output[..produced.min(1)]);",
    },
];

/// Breaks the rules in a copy of the tree, one after another; an error names those that no test misses.
pub(crate) fn run() -> Result<(), String> {
    let tree = copy_of_the_tree()?;
    let failed = failed_tests(&tree)?;
    if !failed.is_empty() {
        return Err(format!("the tests fail before anything is broken: {failed:?}"));
    }
    let mut missed = Vec::new();
    println!("{:<68}  first test that fails", "rule broken");
    for mutation in &MUTATIONS {
        let path = tree.join(mutation.file);
        let whole = read(&path)?;
        if whole.matches(mutation.from).count() != 1 {
            return Err(format!("{}: not there exactly once: {}", mutation.file, mutation.from.trim()));
        }
        write(&path, &whole.replace(mutation.from, mutation.to))?;
        let failed = failed_tests(&tree);
        write(&path, &whole)?;
        let failed = failed.map_err(|why| format!("{}: {why}", mutation.rule))?;
        println!("{:<68}  {}", mutation.rule, failed.first().map_or("NONE", String::as_str));
        if failed.is_empty() {
            missed.push(mutation.rule);
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("no test misses: {}", missed.join("; "))) }
}

/// Runs the engine's tests in `tree` and gives the names of those that fail; an error when they do not run to their end.
fn failed_tests(tree: &Path) -> Result<Vec<String>, String> {
    let mut test = cargo();
    test.current_dir(tree).env("CARGO_TARGET_DIR", tree.join("target"));
    test.args([
        "test",
        "--quiet",
        "-p",
        "rollsync-core",
        "--no-fail-fast",
        "--lib",
        "--test",
        "it",
        "--",
        "delta::tests",
        "delta::budget",
        "searched",
        "reference",
        "vectors",
        "contract",
        "pushes",
        "seal",
    ]);
    let output = test.output().map_err(|e| format!("cargo: {e}"))?;
    if output.status.success() {
        return Ok(Vec::new());
    }
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    names(&said(&output.stdout)).ok_or_else(|| {
        let why = said(&output.stderr);
        let why = why.lines().find(|line| line.starts_with("error")).unwrap_or("without a word");
        format!("no test has failed, and yet they did not succeed: {why}")
    })
}

/// The list at the end of what a test binary says: each name alone on a line, behind the word `failures:`. `None` without one,
/// as of a tree that does not build.
fn names(said: &str) -> Option<Vec<String>> {
    let (_, list) = said.rsplit_once("failures:")?;
    let names: Vec<String> =
        list.lines().filter_map(|line| line.strip_prefix("    ")).map(str::to_owned).collect();
    (!names.is_empty()).then_some(names)
}

fn copy_of_the_tree() -> Result<PathBuf, String> {
    let tree = repo().join("target/mutations");
    let files = capture(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))?;
    let files: BTreeSet<&str> = files.lines().filter(|file| repo().join(file).is_file()).collect();
    drop_others(&tree, &tree, &files)?;
    for file in files {
        let to = tree.join(file);
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
        }
        // A file that has not changed keeps its time, and what is built of it.
        let bytes = fs::read(repo().join(file)).map_err(|e| format!("{file}: {e}"))?;
        if fs::read(&to).ok().as_ref() != Some(&bytes) {
            fs::write(&to, bytes).map_err(|e| format!("{}: {e}", to.display()))?;
        }
    }
    Ok(tree)
}

/// Removes what an earlier copy had and the tree has no longer; what was built of it stays.
fn drop_others(tree: &Path, folder: &Path, files: &BTreeSet<&str>) -> Result<(), String> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let name = path.strip_prefix(tree).ok().and_then(Path::to_str).unwrap_or_default();
        if path.is_dir() && name != "target" {
            drop_others(tree, &path, files)?;
        } else if path.is_file() && !files.contains(name) {
            fs::remove_file(&path).map_err(|e| format!("{}: {e}", path.display()))?;
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

fn write(path: &Path, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|e| format!("{}: {e}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_of_failed_tests_are_at_the_end() {
        let said = "running 3 tests\n\nfailures:\n\n---- a::b stdout ----\nfailures: none, it said\n\n\n\
                    failures:\n    a::b\n    c\n\ntest result: FAILED. 1 passed; 2 failed\n";
        assert_eq!(names(said), Some(vec!["a::b".to_owned(), "c".to_owned()]));
    }

    #[test]
    fn a_tree_that_does_not_build_is_not_caught_by_a_test() {
        assert_eq!(names(""), None);
        assert_eq!(names("running 3 tests\n"), None);
    }

    #[test]
    fn an_error_says_what_is_wrong_with_the_tree() {
        let tree = folder_of_no_package();
        let failed = failed_tests(&tree);
        fs::remove_dir_all(&tree).unwrap();
        let why = failed.unwrap_err();
        assert!(why.contains("error: "), "{why}");
    }

    /// A folder that cargo can build nothing in.
    fn folder_of_no_package() -> PathBuf {
        let folder = std::env::temp_dir().join(format!("mutations-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("Cargo.toml"), "[workspace]\nmembers = []\n").unwrap();
        folder
    }
}
