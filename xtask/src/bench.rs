//! Whole processes, ours beside their peers, on real pairs of files: what each costs, as ratios within one run.
//!
//! Nothing here judges: a figure below what it must reach is shown as such, and the command ends well.

use std::fs;

use crate::corpus::{self, Size};
use crate::process::{capture, command, repo, target_folder};

mod c_library;
mod chart;
mod floor;
mod growth;
mod machine;
mod measure;
mod pair;
mod plot;
mod readme;
mod record;
mod row;
mod runner;
mod small_work;
mod streaming;
mod svg;
mod table;
mod threads;
mod tools;

use measure::Rounds;
use pair::Pair;
use record::Record;
use tools::Tools;

/// Measures; an error says what could not be built or run, never that something was slow.
pub(crate) fn run(words: &[&str]) -> Result<(), String> {
    let wanted = Wanted::read(words)?;
    let tools = Tools::prepare()?;
    if wanted.growth_alone {
        return growth_alone(&tools, wanted.rounds);
    }
    let size = wanted.size;
    let report = corpus::make(size)?;
    tools.skipped.iter().chain(&report.skipped).for_each(|skip| println!("SKIPPED: {skip}"));
    let pairs = choose(size, &wanted.pairs)?;

    let work = target_folder().join("bench");
    fs::create_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;
    let rounds = Rounds::of(size, wanted.rounds);
    let mut record = Record::new(size, rounds, machine::describe(&tools)?);
    println!("kernels, small work");
    record.kernels = machine::kernels(&tools)?;
    // Before much is written: a disk that is busy with that makes every new file wait.
    record.small_work = small_work::measure(&tools, &work)?;
    if size == Size::Full && wanted.pairs.is_empty() {
        println!("growth");
        record.growth = Some(growth::measure(&tools, wanted.rounds)?);
    }
    for name in &pairs {
        println!("{name}");
        record.outcomes.push(Pair::new(size, name, &work)?.measure(&tools, rounds)?);
    }
    for _ in 0..threads::VISITS {
        for (name, outcome) in pairs.iter().zip(&mut record.outcomes) {
            if outcome.threads.iter().any(|race| threads::lacks_idle_rounds(name, race, rounds)) {
                Pair::new(size, name, &work)?.threads_again(&tools, rounds, outcome)?;
            }
        }
    }
    fs::remove_dir_all(&work).map_err(|e| format!("{}: {e}", work.display()))?;

    println!("\n{}", record.body());
    if wanted.pairs.is_empty() { keep(&record, size) } else { Ok(()) }
}

struct Wanted {
    size: Size,
    /// None named: all.
    pairs: Vec<String>,
    /// As many as are worth it, unless told.
    rounds: Option<usize>,
    /// No pairs at all.
    growth_alone: bool,
}

impl Wanted {
    fn read(words: &[&str]) -> Result<Self, String> {
        let mut wanted = Wanted { size: Size::Small, pairs: Vec::new(), rounds: None, growth_alone: false };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            match *word {
                "--full" => wanted.size = Size::Full,
                "--pair" => wanted.pairs.push((*words.next().ok_or("--pair needs a name")?).to_owned()),
                "--rounds" => {
                    let rounds = words.next().and_then(|word| word.parse().ok()).filter(|rounds| *rounds > 0);
                    wanted.rounds = Some(rounds.ok_or("--rounds needs a number from 1 on")?);
                }
                "--growth" => wanted.growth_alone = true,
                _ => return Err(format!("bench: {word} is no option of it")),
            }
        }
        if wanted.growth_alone && (wanted.size == Size::Full || !wanted.pairs.is_empty()) {
            return Err("bench: --growth stands alone; --full measures it too".into());
        }
        Ok(wanted)
    }
}

fn growth_alone(tools: &Tools, rounds: Option<usize>) -> Result<(), String> {
    let growth = growth::measure(tools, rounds)?;
    println!("{}\n\n{}", growth::HOW, growth.table().markdown());
    let plot = growth.plot("cargo xtask bench --growth", &today()?);
    write("bench/record/growth.svg", &plot)
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

/// A part of the pairs is no record. Only the full corpus is what the README shows.
fn keep(record: &Record, size: Size) -> Result<(), String> {
    let (date, processor) = (today()?, machine::processor());
    let (name, chart) = match size {
        Size::Small => (format!("{date}-{processor}-small.md"), "small.svg"),
        Size::Full => (format!("{date}-{processor}.md"), "latest.svg"),
    };
    write(&format!("bench/record/{name}"), &record.markdown(&date))?;
    write(&format!("bench/record/{chart}"), &record.chart(&date))?;
    if let Some(growth) = &record.growth {
        write("bench/record/growth.svg", &growth.plot(record.command(), &date))?;
    }
    if size == Size::Full {
        let text = fs::read_to_string(repo().join("README.md")).map_err(|e| format!("README.md: {e}"))?;
        write("README.md", &readme::replaced(&text, &record.readme(&date, &name))?)?;
    }
    Ok(())
}

fn today() -> Result<String, String> {
    Ok(capture(command("date").args(["-u", "+%F"]))?.trim().to_owned())
}

/// Writes a file of the repository.
fn write(name: &str, text: &str) -> Result<(), String> {
    let path = repo().join(name);
    path.parent()
        .map_or(Ok(()), fs::create_dir_all)
        .and_then(|()| fs::write(&path, text))
        .map_err(|e| format!("{}: {e}", path.display()))?;
    println!("written: {name}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::Wanted;

    #[test]
    fn options_are_read_and_others_refused() {
        let wanted = Wanted::read(&["--rounds", "5", "--pair", "a", "--pair", "b"]).expect("options of it");
        assert_eq!((wanted.rounds, wanted.pairs.len(), wanted.growth_alone), (Some(5), 2, false));
        assert!(Wanted::read(&["--growth", "--rounds", "2"]).is_ok_and(|wanted| wanted.growth_alone));
        for words in
            [&["--rounds"][..], &["--rounds", "0"], &["--pair"], &["--fast"], &["--growth", "--full"]]
        {
            assert!(Wanted::read(words).is_err(), "{words:?}");
        }
    }
}
