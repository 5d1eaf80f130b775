//! Temporaries that a signal must not leave behind.

use std::{
    io::Write,
    path::PathBuf,
    sync::{Mutex, MutexGuard, PoisonError},
};

static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary file that is removed if the process is interrupted while this lives.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// Runs `create`, which makes a file and tells its path, and guards that file. No signal is acted on in
    /// between.
    pub(crate) fn create<T, E>(
        create: impl FnOnce() -> Result<(T, Option<PathBuf>), E>,
    ) -> Result<(T, Option<Self>), E> {
        let mut temporaries = lock();
        let (made, path) = create()?;
        let temporary = path.map(|path| {
            temporaries.push(path.clone());
            Self(path)
        });
        Ok((made, temporary))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        lock().retain(|path| *path != self.0);
    }
}

/// A panic elsewhere leaves the list whole, so it stays usable.
fn lock() -> MutexGuard<'static, Vec<PathBuf>> {
    TEMPORARIES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Begins to watch for signals. `SIGINT` then ends the process with status 130, the others as they would without this;
/// all of them take the temporaries and the progress line away before.
pub(crate) fn watch() {
    #[cfg(unix)]
    if let Err(error) = signals::watch() {
        // The work can be done without; only an interrupt would leave a temporary.
        let _ = writeln!(std::io::stderr(), "warning: signals cannot be watched: {error}");
    }
}

#[cfg(unix)]
mod signals {
    use crate::rollsync::{exit::Exit, progress};
    use signal_hook::{
        consts::{SIGHUP, SIGINT, SIGTERM},
        iterator::Signals,
        low_level,
    };
    use std::{fs, io, thread};

    pub(super) fn watch() -> io::Result<()> {
        // `nohup` and shells that start jobs in the background ask for signals to be ignored: so they stay.
        let ignored = ignored_signals();
        let is_heeded = |signal: &i32| ignored & (1 << (signal - 1)) == 0;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM].into_iter().filter(is_heeded))?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                // Held to the end: nothing may be made behind this.
                let temporaries = super::lock();
                for path in &*temporaries {
                    let _ = fs::remove_file(path);
                }
                progress::clear();
                if signal == SIGINT {
                    low_level::exit(Exit::Interrupted.status().into());
                }
                let _ = low_level::emulate_default_handler(signal);
            }
        })?;
        Ok(())
    }

    /// The signals that the process was started with as ignored, signal 1 in the lowest bit.
    fn ignored_signals() -> u64 {
        let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}
