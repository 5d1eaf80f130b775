//! Temporaries that a signal must not leave behind.

use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// A temporary file that is removed if the process is interrupted while this lives.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// Runs `create`, which makes a file and tells its path, and guards that file. No signal is acted on in
    /// between.
    pub(crate) fn create<T>(
        create: impl FnOnce() -> io::Result<(T, Option<PathBuf>)>,
    ) -> io::Result<(T, Option<Self>)> {
        watch::start()?;
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

#[cfg(unix)]
mod watch {
    use std::io;
    use std::sync::Once;
    use std::thread;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;
    use signal_hook::low_level;

    static STARTED: Once = Once::new();

    /// Starts the thread that waits for signals, at the first call.
    pub(super) fn start() -> io::Result<()> {
        let mut started = Ok(());
        STARTED.call_once(|| {
            started = spawn();
        });
        started
    }

    fn spawn() -> io::Result<()> {
        // `nohup` and shells that start jobs in the background ask for signals to be ignored: so they stay.
        let ignored = ignored_signals();
        let is_heeded = |signal: &i32| ignored & (1 << (signal - 1)) == 0;
        let mut signals = Signals::new([SIGHUP, SIGINT, SIGTERM].into_iter().filter(is_heeded))?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                // Held to the end: nothing may be made or renamed behind this.
                let temporaries = super::lock();
                for path in &*temporaries {
                    let _ = std::fs::remove_file(path);
                }
                let _ = low_level::emulate_default_handler(signal);
            }
        })?;
        Ok(())
    }

    /// The signals that the process was started with as ignored, signal 1 in the lowest bit.
    fn ignored_signals() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
    }
}

#[cfg(not(unix))]
mod watch {
    pub(super) fn start() -> std::io::Result<()> {
        Ok(())
    }
}
