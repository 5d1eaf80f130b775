//! Runs one program and prints what it cost: `bench-measure PROGRAM [ARGUMENT]...`.
//!
//! One line: wall time in nanoseconds, user and system time together in microseconds, peak resident memory in KiB. The
//! times are those of the process and of all its descendants, the memory that of the largest of them.
//!
//! A program of its own, because the kernel counts the memory of whoever starts a process as that process's: this one
//! is too small to matter.

use std::process::ExitCode;

#[cfg(unix)]
fn main() -> ExitCode {
    match unix::run() {
        Ok(cost) => {
            println!("{cost}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("bench-measure: {why}");
            ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() -> ExitCode {
    eprintln!("bench-measure: only Unix says what a process has cost");
    ExitCode::FAILURE
}

#[cfg(unix)]
mod unix {
    use std::env;
    use std::io;
    use std::mem::MaybeUninit;
    use std::process::{Command, Stdio};
    use std::time::Instant;

    pub(super) fn run() -> Result<String, String> {
        let mut words = env::args_os().skip(1);
        let program = words.next().ok_or("no program is named")?;
        let mut command = Command::new(&program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null());

        adopt_orphans()?;
        let start = Instant::now();
        let child = command.spawn().map_err(|e| format!("{}: {e}", program.display()))?;
        let child = i32::try_from(child.id()).map_err(|e| e.to_string())?;

        let (mut wall, mut cpu, mut rss) = (None, 0, 0);
        while let Some((pid, status, usage)) = wait().map_err(|e| format!("{}: {e}", program.display()))? {
            if pid == child {
                wall = Some(start.elapsed());
                if status != 0 {
                    return Err(format!("{}: wait status {status:#x}", program.display()));
                }
            }
            cpu += micros(usage.ru_utime) + micros(usage.ru_stime);
            rss = rss.max(usage.ru_maxrss);
        }
        let wall = wall.ok_or("the program was never waited for")?;
        Ok(format!("{} {cpu} {rss}", wall.as_nanos()))
    }

    /// A descendant whose parent ends without waiting for it becomes a child of this process: rsync has such, and their
    /// time would be lost.
    #[cfg(target_os = "linux")]
    fn adopt_orphans() -> Result<(), String> {
        // SAFETY: this option takes one number and no pointer.
        match unsafe { libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error().to_string()),
        }
    }

    #[cfg(not(target_os = "linux"))]
    fn adopt_orphans() -> Result<(), String> {
        Ok(())
    }

    /// The next child that ends; none when there are no more.
    fn wait() -> io::Result<Option<(i32, i32, libc::rusage)>> {
        let mut status = 0;
        let mut usage = MaybeUninit::uninit();
        // SAFETY: both pointers are good for a write of their types.
        let pid = unsafe { libc::wait4(-1, &raw mut status, 0, usage.as_mut_ptr()) };
        if pid == -1 {
            let why = io::Error::last_os_error();
            return if why.raw_os_error() == Some(libc::ECHILD) { Ok(None) } else { Err(why) };
        }
        // SAFETY: wait4 has found a child, so it has written all of `usage`.
        Ok(Some((pid, status, unsafe { usage.assume_init() })))
    }

    fn micros(time: libc::timeval) -> i64 {
        time.tv_sec * 1_000_000 + time.tv_usec
    }
}
