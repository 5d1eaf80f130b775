//! Temporaries that a signal must not leave behind.

use std::io;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

static TEMPORARIES: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());
/// Whether it is too late for [`end_behind`].
static IS_DONE: AtomicBool = AtomicBool::new(false);

/// A temporary file that is removed if the process is interrupted while this lives.
#[derive(Debug)]
pub(crate) struct Temporary(PathBuf);

impl Temporary {
    /// Runs `create`, which makes a file and tells its path, and guards that file. No signal is acted on in
    /// between.
    pub(crate) fn create<T, E>(
        create: impl FnOnce() -> Result<(T, Option<PathBuf>), E>,
    ) -> Result<(T, Option<Self>), E> {
        watch(|_| ());
        let mut temporaries = lock();
        let (made, path) = create()?;
        let temporary = path.map(|path| {
            temporaries.push(path.clone());
            Self(path)
        });
        Ok((made, temporary))
    }

    /// Runs `commit`, which renames or removes the file, and guards it no longer. A signal is acted on before or behind that.
    pub(crate) fn finish<T>(self, commit: impl FnOnce() -> T) -> T {
        let _held = lock();
        IS_DONE.store(true, Ordering::Relaxed);
        commit()
        // Before the guard goes, the signal's thread may look for a file of this name; there is none.
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

/// Ends the process when so much time is over, whatever it does or waits for: the temporaries are taken away, and `last` gives the
/// status. Once an output is being let appear it is done before.
///
/// # Errors
/// When there is no thread to be had.
pub(crate) fn end_behind(time: Duration, last: impl FnOnce() -> u8 + Send + 'static) -> io::Result<()> {
    let wait = move || {
        thread::sleep(time);
        // Held to the end: nothing may be made or renamed behind this.
        let temporaries = lock();
        if IS_DONE.load(Ordering::Relaxed) {
            return;
        }
        for path in &*temporaries {
            let _ = std::fs::remove_file(path);
        }
        let status = last().into();
        #[cfg(unix)]
        signal_hook::low_level::exit(status);
        #[cfg(not(unix))]
        std::process::exit(status);
    };
    thread::Builder::new().name("time limit".to_owned()).spawn(wait).map(drop)
}

/// Says that the work is done: what remains is told of, and takes no time that counts.
pub(crate) fn done() {
    let _held = lock();
    IS_DONE.store(true, Ordering::Relaxed);
}

/// Ends the process by `SIGPIPE`, as a write that nobody reads does in C; returns when that signal is to be ignored.
pub(crate) fn end_by_broken_pipe() {
    #[cfg(unix)]
    if !crate::inherited::is_ignored(libc::SIGPIPE) {
        let _ = signal_hook::low_level::emulate_default_handler(libc::SIGPIPE);
    }
}

/// Lets a write at the limit of file size fail, where it would end the process by `SIGXFSZ`. [`watch`] does so as well.
pub(crate) fn report_file_size_limit() {
    #[cfg(unix)]
    signals::report_file_size_limit();
}

/// Begins to watch for the signals that end a process, at the first call. Such a signal takes the temporaries away, runs
/// `last`, and then ends the process as it would have without this.
pub(crate) fn watch(last: fn(i32)) {
    #[cfg(unix)]
    signals::watch(last);
    #[cfg(not(unix))]
    let _ = last;
}

#[cfg(unix)]
mod signals {
    use std::io;
    use std::sync::atomic::AtomicBool;
    use std::sync::{Arc, Once};
    use std::thread;

    use libc::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU, SIGXFSZ};
    use signal_hook::iterator::Signals;
    use signal_hook::{flag, low_level};

    use crate::inherited;

    static STARTED: Once = Once::new();
    static REPORTS_FILE_SIZE_LIMIT: Once = Once::new();

    pub(super) fn report_file_size_limit() {
        REPORTS_FILE_SIZE_LIMIT.call_once(|| {
            // The signal comes beside the error of the write. Where it cannot be caught, it ends the process as ever.
            let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
        });
    }

    pub(super) fn watch(last: fn(i32)) {
        STARTED.call_once(|| {
            // Where threads are not to be had the work can still be done, and a signal then leaves a temporary.
            let _ = spawn(last);
        });
    }

    fn spawn(last: fn(i32)) -> io::Result<()> {
        report_file_size_limit();
        let ending = [SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXCPU];
        let heeded = ending.into_iter().filter(|signal| !inherited::is_ignored(*signal));
        let mut signals = Signals::new(heeded)?;
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            for signal in signals.forever() {
                // Held to the end: nothing may be made or renamed behind this.
                let temporaries = super::lock();
                for path in &*temporaries {
                    let _ = std::fs::remove_file(path);
                }
                last(signal);
                let _ = low_level::emulate_default_handler(signal);
            }
        })?;
        Ok(())
    }
}
