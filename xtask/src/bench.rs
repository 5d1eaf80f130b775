//! Whole processes, ours beside their peers, on real pairs of files: what each costs, as ratios within one run.
//!
//! Nothing here judges: a figure below what it must reach is shown as such, and the command ends well.

use std::fs;

use crate::corpus::{self, Size};
use crate::process::{capture, command, repo};

mod chart;
mod floor;
mod machine;
mod measure;
mod pair;
mod record;
mod row;
mod runner;
mod small_work;
mod table;
mod tools;

use pair::Pair;
use record::Record;
use tools::Tools;

/// Measures; an error says what could not be built or run, never that something was slow.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let Wanted { size, pairs: wanted } = Wanted::read(words)?;
    let tools = Tools::prepare()?;
    let report = corpus::make(size)?;
    tools.skipped.iter().chain(&report.skipped).for_each(|skip| println!("SKIPPED: {skip}"));
    let pairs = choose(size, &wanted)?;

    let work = tools::target().join("bench");
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let mut record = Record::new(size, machine::describe(&tools)?);
    println!("kernels, small work");
    record.kernels = machine::kernels(&tools)?;
    // Before much is written: a disk that is busy with that makes every new file wait.
    record.small_work = small_work::measure(&tools, &work)?;
    for name in &pairs {
        println!("{name}");
        record.outcomes.push(Pair::new(size, name, &work)?.measure(&tools, size)?);
    }
    fs::remove_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;

    println!("\n{}", record.body());
    if wanted.is_empty() { keep(&record, size) } else { Ok(()) }
}

struct Wanted {
    size: Size,
    /// None named: all.
    pairs: Vec<String>,
}

impl Wanted {
    fn read(words: &[&str]) -> Result<Self, String> {
        let mut wanted = Wanted { size: Size::Small, pairs: Vec::new() };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--full" => wanted.size = Size::Full,
                "--pair" => wanted.pairs.push((*words.next().ok_or("--pair needs a name")?).to_owned()),
                _ => return Err(format!("bench: {word} is no option of it")),
            }
        }
        Ok(wanted)
    }
}

fn choose(size: Size, wanted: &[String]) -> Result<Vec<String>, String> {
    let folder = corpus::folder(size);
    let entries = fs::read_dir(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    let mut made: Vec<String> = entries
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| folder.join(name).join("new").exists())
        .collect();
    made.sort();
    match wanted.iter().find(|pair| !made.contains(pair)) {
        Some(pair) => Err(format!("no pair is named {pair}; there are {}", made.join(", "))),
        None if wanted.is_empty() => Ok(made),
        None => Ok(wanted.to_vec()),
    }
}

/// A part of the pairs is no record.
fn keep(record: &Record, size: Size) -> Result<(), String> {
    let date = capture(command("date").args(["-u", "+%F"]))?;
    let (date, folder) = (date.trim(), repo().join("bench/record"));
    let name = match size {
        Size::Small => format!("{date}-small.md"),
        Size::Full => format!("{date}.md"),
    };
    for (name, text) in [(name.as_str(), record.markdown(date)), ("latest.svg", record.chart(date))] {
        let path = folder.join(name);
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(&path, text))
            .map_err(|e| format!("{}: {e}", path.display()))?;
        println!("written: bench/record/{name}");
    }
    Ok(())
}
