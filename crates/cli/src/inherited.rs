//! What the process was started with, seen before Rust's runtime changes it: it opens `/dev/null` for closed standard
//! streams, and ignores `SIGPIPE`.

#[cfg(target_os = "linux")]
pub(crate) use linux::{is_closed, is_ignored};

/// A stream that a process may be started without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stream {
    Input,
    Output,
}

/// Elsewhere nothing is known, and the usual is assumed.
#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn is_closed(_: Stream) -> bool {
    false
}

#[cfg(all(unix, not(target_os = "linux")))]
pub(crate) fn is_ignored(_: libc::c_int) -> bool {
    false
}

#[cfg(target_os = "linux")]
mod linux {
    use std::mem;
    use std::ptr;
    use std::sync::atomic::{AtomicU64, Ordering};

    use libc::{SIG_IGN, c_int};

    use super::Stream;

    /// Streams that were closed, a bit each.
    static CLOSED: AtomicU64 = AtomicU64::new(0);
    /// Signals that were ignored, signal 1 in the lowest bit.
    static IGNORED: AtomicU64 = AtomicU64::new(0);

    /// The signals that this program would act on.
    const SIGNALS: [c_int; 7] = [
        libc::SIGHUP,
        libc::SIGINT,
        libc::SIGPIPE,
        libc::SIGQUIT,
        libc::SIGTERM,
        libc::SIGXCPU,
        libc::SIGXFSZ,
    ];

    // SAFETY: the section holds pointers to functions of this type, which the C runtime calls once, on the only
    // thread, before `main`. The function asks the kernel some questions and stores the answers; it needs nothing
    // of Rust's runtime, which is not up yet.
    #[used]
    #[unsafe(link_section = ".init_array")]
    static BEFORE_MAIN: extern "C" fn() = look;

    extern "C" fn look() {
        let closed = |stream, number| {
            if rustix::io::fcntl_getfd(number).is_err() { bit(stream) } else { 0 }
        };
        let input = closed(Stream::Input, rustix::stdio::stdin());
        let output = closed(Stream::Output, rustix::stdio::stdout());
        CLOSED.store(input | output, Ordering::Relaxed);

        let ignored = SIGNALS.into_iter().filter(|signal| asks_to_ignore(*signal));
        IGNORED.store(ignored.fold(0, |bits, signal| bits | signal_bit(signal)), Ordering::Relaxed);
    }

    fn asks_to_ignore(signal: c_int) -> bool {
        // SAFETY: `sigaction` is a C struct for which all zeros is a value; with no new action the call only stores
        // the present one in it.
        unsafe {
            let mut action: libc::sigaction = mem::zeroed();
            libc::sigaction(signal, ptr::null(), &raw mut action) == 0 && action.sa_sigaction == SIG_IGN
        }
    }

    /// Whether the process was started without this stream.
    pub(crate) fn is_closed(stream: Stream) -> bool {
        CLOSED.load(Ordering::Relaxed) & bit(stream) != 0
    }

    /// Whether the process was started with this signal ignored, which is so because somebody wants it: `nohup`, or a
    /// shell that starts a job in the background.
    pub(crate) fn is_ignored(signal: c_int) -> bool {
        IGNORED.load(Ordering::Relaxed) & signal_bit(signal) != 0
    }

    fn bit(stream: Stream) -> u64 {
        1 << stream as u8
    }

    fn signal_bit(signal: c_int) -> u64 {
        1 << (signal - 1)
    }
}
