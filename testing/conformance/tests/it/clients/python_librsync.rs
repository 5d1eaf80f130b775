//! python-librsync of PyPI, which loads the library by ctypes.

use std::fs;
use std::path::{Path, PathBuf};

use rollsync_conformance::{Case, Class, Client, Missing, RealLibrsync, Release, Tool, present};

const SCRIPT: &str = include_str!("python_librsync.py");

#[test]
fn the_three_steps() {
    // It looks for an installed one, whose place ours then takes.
    let installed = present(RealLibrsync::of(Release::V2_3_2));
    let (Some(_), Some(tool)) = (installed, present(python_with_it())) else { return };
    let [real, ours] = Client::both(&tool);
    let folder = tempfile::tempdir().expect("there is a temporary folder");
    let folder = folder.path();
    fs::write(folder.join("steps.py"), SCRIPT).expect("a file");
    for class in [Class::Mixed, Class::LongLiteral, Class::EqualBlocks] {
        for seed in 0..2 {
            let case = Case::draw(class, seed);
            fs::write(folder.join("old"), &case.basis).expect("a file");
            fs::write(folder.join("new"), &case.new).expect("a file");
            let [real, ours] = [(&real, "real"), (&ours, "ours")].map(|(client, prefix)| {
                let run = client.done(folder, ["steps.py", "old", "new", prefix]);
                let read = |kind| fs::read(folder.join(format!("{prefix}.{kind}"))).expect("it was written");
                (["sig", "delta", "new"].map(read), String::from_utf8_lossy(&run.stdout).into_owned())
            });
            assert!(real.0 == ours.0, "{class:?} {seed}");
            assert_eq!(real.1, ours.1, "{class:?} {seed}");
            assert!(ours.0[2] == case.new, "{class:?} {seed}");
            assert_eq!(ours.1, "b'bad magic number at start of stream'\n");
        }
    }
}

/// Python, with the package where it looks for modules.
fn python_with_it() -> Result<Tool, Missing> {
    let python = Tool::of_machine("python3", &["-c", "print('python3')"], "python3")?;
    let package = package();
    match package.join("librsync/__init__.py").exists() {
        true => Ok(python.with_variable("PYTHONPATH", &package.to_string_lossy())),
        false => Err(Missing(format!("no python-librsync in {}", package.display()))),
    }
}

fn package() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let repo = here.ancestors().nth(2).expect("this package lies two folders below the root");
    repo.join(".oracles/python-librsync-0.1-5")
}
