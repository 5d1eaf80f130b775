use std::env;
use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The root of the repository.
pub(crate) fn repo() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in a folder of the repository")
}

/// Where cargo puts what it builds.
pub(crate) fn target_folder() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| repo().join("target"), |folder| repo().join(folder))
}

/// A command that runs `program` at the root of the repository.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(repo());
    command
}

/// The cargo that runs this program.
pub(crate) fn cargo() -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo")));
    command.current_dir(repo());
    command
}

/// Whether `program` answers to `arguments` without an error.
pub(crate) fn works(program: &str, arguments: &[&str]) -> bool {
    command(program)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success())
}

/// Runs `command` to its end; an error says how it failed.
pub(crate) fn check(command: &mut Command) -> Result<(), String> {
    let status = command.status().map_err(|e| format!("{}: {e}", name(command)))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", name(command))) }
}

/// Runs `command` to its end and returns what it printed to standard output; an error says how it failed.
pub(crate) fn capture(command: &mut Command) -> Result<String, String> {
    let mut printed = String::new();
    each_line(command, |line| {
        printed.push_str(line);
        printed.push('\n');
    })?;
    Ok(printed)
}

/// Runs `command` to its end with its standard output shown as it comes, each line also given to `see`; an error says
/// how it failed.
pub(crate) fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<(), String> {
    each_line(command, |line| {
        let mut stdout = io::stdout().lock();
        // A reader that has gone away does not stop the tests.
        let _ = writeln!(stdout, "{line}").and_then(|()| stdout.flush());
        see(line);
    })
}

fn each_line(command: &mut Command, mut see: impl FnMut(&str)) -> Result<(), String> {
    let fail = |e: io::Error, command: &Command| format!("{}: {e}", name(command));
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|e| fail(e, command))?;
    let mut output = BufReader::new(child.stdout.take().expect("standard output is piped"));
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).map_err(|e| fail(e, command))? > 0 {
        see(String::from_utf8_lossy(&line).trim_end_matches('\n'));
        line.clear();
    }
    let status = child.wait().map_err(|e| fail(e, command))?;
    if status.success() { Ok(()) } else { Err(format!("{}: {status}", name(command))) }
}

fn name(command: &Command) -> String {
    let mut name =
        Path::new(command.get_program()).file_name().unwrap_or_default().to_string_lossy().into_owned();
    if let Some(first) = command.get_args().next() {
        name.push(' ');
        name.push_str(&first.to_string_lossy());
    }
    name
}
