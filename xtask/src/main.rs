//! Developer commands, run as `cargo xtask COMMAND`.

use std::process::ExitCode;

mod bench;
mod bindings;
mod commands;
mod corpus;
mod demo;
mod floors;
mod fuzz;
mod install;
mod mutations;
mod no_std;
mod parts;
mod process;
mod programs;
mod sanitize;
mod test;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [OLD NEW]   the main job on a real pair of files, and what it saved
  test             everything: oracles, small corpus, floors, tests, no_std
  bindings [NAME]  the tests of the bindings alone, or of one: dotnet, lua, python
  floors           fail on a dependency that points up or sideways between floors
  no-std           fail when a crate that promises no_std needs std
  mutations        break each rule of the delta algorithm, and want a test to fail
  fuzz [TARGET] [--seconds N] [--keep]
                   feed every target (or one) for N seconds, 60 unless told; --keep: renew the inputs in fuzz/corpus
  sanitize         the engine's tests under AddressSanitizer, and some of them under valgrind
  bench [--full] [--rounds N] [--pair NAME]...
                   ours beside rdiff, rsync, fast_rsync and cp, on the file pairs: ratios, a record, a chart;
                   with --full on the large ones, and the README's figures are written too (about 40 minutes)
  bench --growth [--rounds N]
                   how the cost of a delta grows with the basis, up to 4 GiB
  install --prefix DIR [--libdir DIR] [--destdir DIR] [--profile NAME] [--shared-libc] [--check]
                   build and install both programs, with libc within unless told otherwise, librsync.so.2 with its
                   archive, headers and pkg-config file; --check then runs the programs, and an example in C on either
                   library
  corpus [--full]  make the file pairs in corpus/small (or corpus/full, about 9 GB)

environment
  REQUIRE_ORACLE=1               a missing oracle or file pair is a failure
  ROLLSYNC_ORACLE_LIBRSYNC=FILE  the real librsync 2.3.4, instead of the one that `test` installs
";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let done = match words[..] {
        ["demo"] => demo::run(None),
        ["demo", old, new] => demo::run(Some((old, new))),
        ["test"] => test::run(),
        ["bindings"] => test::run_bindings(None),
        ["bindings", name] => test::run_bindings(Some(name)),
        ["floors"] => floors::run(),
        ["no-std"] => no_std::run(),
        ["fuzz", ref words @ ..] => fuzz::run(words),
        ["sanitize"] => sanitize::run(),
        ["mutations"] => mutations::run(),
        ["bench", ref words @ ..] => bench::run(words),
        ["install", ref words @ ..] => install::run(words),
        ["corpus"] => corpus::run(corpus::Size::Small),
        ["corpus", "--full"] => corpus::run(corpus::Size::Full),
        ["help" | "--help" | "-h"] => {
            print!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("xtask: {why}");
            ExitCode::FAILURE
        }
    }
}
