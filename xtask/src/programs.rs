//! The test programs that cargo has built.

use std::path::PathBuf;

use crate::process::{capture, cargo, command};
use serde_json::Value;

/// A test program, and the folder of its package, in which cargo would run it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Program {
    executable: PathBuf,
    folder: PathBuf,
}

impl Program {
    pub(crate) fn command(&self) -> std::process::Command {
        let mut command = command(&self.executable);
        command.current_dir(&self.folder);
        command
    }
}

/// Those of the packages in these folders: the library's own tests and those of `tests/it`. They are built with the whole
/// workspace, as for its own tests: any less would have other features, and everything would be built once more.
pub(crate) fn of(folders: &[&str]) -> Result<Vec<Program>, String> {
    let messages = capture(cargo().args(["test", "--workspace", "--no-run", "--message-format=json"]))?;
    let programs: Vec<Program> = messages.lines().filter_map(|line| program(line, folders)).collect();
    if programs.len() == 2 * folders.len() {
        Ok(programs)
    } else {
        Err(format!("{} test programs, not two for each of {}", programs.len(), folders.join(", ")))
    }
}

/// What a message of cargo says was built.
fn program(message: &str, folders: &[&str]) -> Option<Program> {
    let message: Value = serde_json::from_str(message).ok()?;
    let executable = PathBuf::from(message["executable"].as_str()?);
    let folder = PathBuf::from(message["manifest_path"].as_str()?).parent()?.to_path_buf();
    let is_wanted = folders.iter().any(|wanted| folder.ends_with(wanted));
    let target = &message["target"];
    let is_unit = target["kind"].as_array()?.iter().any(|kind| kind.as_str() == Some("lib"));
    let is_it = target["name"] == "it";
    (is_wanted && message["profile"]["test"] == true && (is_unit || is_it))
        .then_some(Program { executable, folder })
}

#[cfg(test)]
mod tests {
    use super::{Program, program};
    use serde_json::json;

    #[test]
    fn messages_name_the_programs_that_are_wanted() {
        let message = |folder: &str, kind: &str, name: &str, test: bool| {
            let manifest = format!("/r/{folder}/Cargo.toml");
            let target = json!({"kind": [kind], "name": name});
            json!({"reason": "compiler-artifact", "manifest_path": manifest, "target": target,
                "profile": {"test": test}, "executable": "/t/a"})
            .to_string()
        };
        let wanted = Program { executable: "/t/a".into(), folder: "/r/crates/core".into() };
        let of = |message: String| program(&message, &["crates/core"]);
        assert_eq!(of(message("crates/core", "test", "it", true)), Some(wanted));
        assert!(of(message("crates/core", "lib", "rollsync_core", true)).is_some());
        assert_eq!(of(message("crates/core", "test", "other", true)), None);
        assert_eq!(of(message("crates/core", "lib", "rollsync_core", false)), None);
        assert_eq!(of(message("crates/hardcore", "test", "it", true)), None);
        assert_eq!(program("   Compiling something", &["crates/core"]), None);
    }
}
