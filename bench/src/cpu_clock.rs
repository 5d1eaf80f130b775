//! What this process has cost so far.

/// Its user and system time in microseconds.
#[cfg(unix)]
pub(crate) fn cpu_micros() -> std::io::Result<i64> {
    let mut time = std::mem::MaybeUninit::<libc::timespec>::uninit();
    // SAFETY: the pointer is good for a write of its type.
    if unsafe { libc::clock_gettime(libc::CLOCK_PROCESS_CPUTIME_ID, time.as_mut_ptr()) } != 0 {
        return Err(std::io::Error::last_os_error());
    }
    // SAFETY: the call has succeeded, so it has written all of `time`.
    let time = unsafe { time.assume_init() };
    Ok(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)
}

#[cfg(not(unix))]
pub(crate) fn cpu_micros() -> std::io::Result<i64> {
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "only Unix says what a process has cost"))
}
