//! How far the work is, on a terminal.

use super::{console::Console, size::Size};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};
use rollsync::{Phase, Report};
use std::{
    fmt::Write,
    io::{self, Read},
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

/// What is done sooner needs no progress.
const PATIENCE: Duration = Duration::from_millis(250);

/// The line that is drawn: taken away by whoever has something else to say, a signal's thread among them.
static DRAWN: Mutex<Option<ProgressBar>> = Mutex::new(None);

/// Takes the line away, if there is one.
pub(crate) fn clear() {
    let drawn = DRAWN.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(bar) = drawn {
        bar.finish_and_clear();
    }
}

/// Draws how far the work is.
pub(crate) struct Progress {
    /// Whether anybody sees it.
    pub(crate) is_shown: bool,
    started: Instant,
    current: Option<(&'static str, ProgressBar)>,
    /// Bytes of the file that a patch makes, when they are known.
    pub(crate) new_len: Option<u64>,
}

impl Progress {
    /// `is_free` when the terminal is not taken by the result.
    pub(crate) fn new(console: &Console, is_free: bool) -> Self {
        let is_shown = is_free && console.shows_progress();
        Self { is_shown, started: Instant::now(), current: None, new_len: None }
    }

    pub(crate) fn told(&mut self, report: Report) {
        match report.phase {
            Phase::Signature => self.at("hashing the basis", report.bytes_in, report.total_in),
            Phase::Load => self.at("loading the signature", report.bytes_in, report.total_in),
            Phase::Delta => self.at("searching the new file", report.bytes_in, report.total_in),
            // A short delta can stand for a long file.
            _ => self.at("writing the new file", report.bytes_out, self.new_len),
        }
    }

    fn at(&mut self, phase: &'static str, bytes: u64, total: Option<u64>) {
        if !self.is_shown {
            return;
        }
        if self.current.as_ref().is_none_or(|(current, _)| *current != phase) {
            clear();
            // Hidden at first: the rate is that of the whole phase.
            let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::hidden());
            bar.set_style(style(total.is_some()));
            bar.set_message(phase);
            self.current = Some((phase, bar));
        }
        let Some((_, bar)) = &self.current else { return };
        bar.set_position(bytes);
        if bar.is_hidden() && self.started.elapsed() >= PATIENCE {
            bar.set_draw_target(ProgressDrawTarget::stderr());
            bar.tick();
            *DRAWN.lock().unwrap_or_else(PoisonError::into_inner) = Some(bar.clone());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        clear();
    }
}

fn style(has_total: bool) -> ProgressStyle {
    let template = if has_total {
        "{msg} [{bar:20}] {done} of {all}, {rate}/s, {eta} left"
    } else {
        "{msg} {spinner} {done}, {rate}/s"
    };
    let style = ProgressStyle::with_template(template).expect("the template is right");
    let size = |of: fn(&ProgressState) -> u64| {
        move |state: &ProgressState, text: &mut dyn Write| {
            let _ = write!(text, "{}", Size(of(state)));
        }
    };
    style
        .progress_chars("=> ")
        .with_key("done", size(ProgressState::pos))
        .with_key("all", size(|state| state.len().unwrap_or(0)))
        .with_key("rate", size(|state| whole(state.per_sec())))
}

/// A rate without its fraction.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "such a cast saturates")]
const fn whole(rate: f64) -> u64 {
    rate as u64
}

/// Reads, and draws how far it is.
pub(crate) struct Watched<'a, R> {
    pub(crate) input: R,
    pub(crate) progress: &'a mut Progress,
    pub(crate) phase: &'static str,
    pub(crate) read: u64,
    pub(crate) total: Option<u64>,
}

impl<R: Read> Read for Watched<'_, R> {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        let len = self.input.read(place)?;
        self.read += len as u64;
        self.progress.at(self.phase, self.read, self.total);
        Ok(len)
    }
}
