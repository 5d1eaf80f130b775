use std::time::{Duration, Instant};

/// What a part has to say when it has not failed.
#[derive(Default)]
pub(crate) struct Report {
    /// What was left out, and why.
    pub(crate) skipped: Vec<String>,
}

struct Part {
    name: &'static str,
    time: Duration,
    result: Result<Report, String>,
}

/// The parts of a long run: each is timed, none stops the next, and all are judged at the end.
#[derive(Default)]
pub(crate) struct Parts(Vec<Part>);

impl Parts {
    /// Runs one part.
    pub(crate) fn run(&mut self, name: &'static str, work: impl FnOnce() -> Result<Report, String>) {
        println!("\n==> {name}");
        let start = Instant::now();
        let result = work();
        if let Err(why) = &result {
            println!("FAILED: {why}");
        }
        self.0.push(Part { name, time: start.elapsed(), result });
    }

    /// Prints a table of the parts and everything that was skipped; an error names the parts that failed.
    pub(crate) fn finish(self, strict: bool) -> Result<(), String> {
        println!();
        for part in &self.0 {
            println!("{:<12} {:>8.1} s  {}", part.name, part.time.as_secs_f64(), part.verdict());
        }
        let total: Duration = self.0.iter().map(|part| part.time).sum();
        println!("{:<12} {:>8.1} s", "all", total.as_secs_f64());

        let reports = self.0.iter().filter_map(|part| part.result.as_ref().ok());
        let skipped: Vec<&String> = reports.flat_map(|report| &report.skipped).collect();
        if !skipped.is_empty() {
            println!("\n!!! NOT EVERYTHING RAN !!!");
            skipped.iter().for_each(|what| println!("SKIPPED: {what}"));
        }

        let failed: Vec<&str> =
            self.0.iter().filter(|part| part.result.is_err()).map(|part| part.name).collect();
        if !failed.is_empty() {
            Err(format!("failed: {}", failed.join(", ")))
        } else if strict && !skipped.is_empty() {
            Err(format!("REQUIRE_ORACLE=1 and {} skipped", skipped.len()))
        } else {
            Ok(())
        }
    }
}

impl Part {
    fn verdict(&self) -> String {
        match &self.result {
            Ok(report) if report.skipped.is_empty() => "ok".into(),
            Ok(report) => format!("ok, {} SKIPPED", report.skipped.len()),
            Err(why) => format!("FAILED ({why})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Parts, Report};

    fn finish(results: [Result<Report, String>; 2], strict: bool) -> Result<(), String> {
        let mut parts = Parts::default();
        let [first, second] = results;
        parts.run("first", || first);
        parts.run("second", || second);
        parts.finish(strict)
    }

    fn skip() -> Report {
        Report { skipped: vec!["no oracle".into()] }
    }

    #[test]
    fn one_failed_part_fails_the_run() {
        assert_eq!(finish([Ok(Report::default()), Ok(Report::default())], true), Ok(()));
        let failed = finish([Err("no".into()), Ok(Report::default())], false);
        assert_eq!(failed, Err("failed: first".into()));
    }

    #[test]
    fn a_skip_fails_a_strict_run_only() {
        assert_eq!(finish([Ok(skip()), Ok(Report::default())], false), Ok(()));
        assert_eq!(finish([Ok(skip()), Ok(skip())], true), Err("REQUIRE_ORACLE=1 and 2 skipped".into()));
    }
}
