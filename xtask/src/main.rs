//! Developer commands, run as `cargo xtask COMMAND`.

use std::process::ExitCode;

mod bench;
mod corpus;
mod demo;
mod floors;
mod install;
mod mutations;
mod no_std;
mod parts;
mod process;
mod test;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [OLD NEW]   the main job on a real pair of files, and what it saved
  test             everything: oracles, small corpus, floors, tests, no_std
  floors           fail on a dependency that points up or sideways between floors
  no-std           fail when a crate that promises no_std needs std
  mutations        break each rule of the delta algorithm, and want a test to fail
  bench [--full] [--pair NAME]...
                   ours beside rdiff, rsync, fast_rsync and cp, on the file pairs: ratios, a record, a chart
  install --prefix DIR [--libdir DIR] [--destdir DIR] [--profile NAME] [--check]
                   build and install both programs, librsync.so.2 with its archive, headers and pkg-config file;
                   --check then runs the programs, and an example in C on either library
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
        ["floors"] => floors::run(),
        ["no-std"] => no_std::run(),
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
