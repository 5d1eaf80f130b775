//! Reads that fail in the middle of a file. Two ways, both the kernel's own errors: a stream is the memory of this process up to where
//! nothing is mapped; and of a basis, which is read at offsets, a filter of system calls refuses those behind one.

use crate::case::{Case, io_status};
use std::{
    fs::File,
    io::{self, Seek, SeekFrom},
    os::unix::process::CommandExt,
    process::Command,
    ptr, slice,
};

const FAILED: &str = "Input/output error";

#[test]
fn a_stream() {
    let case = Case::new();
    for (line, name, what) in [
        ("rollsync signature - -o out", "old", "reading basis on standard input"),
        ("rollsync delta sums - -o out", "new", "reading new file on standard input"),
        ("rollsync delta - new -o out", "sums", "reading signature on standard input"),
        ("rollsync diff old - -o out", "new", "reading new file on standard input"),
        ("rollsync diff - new -f -o new", "old", "reading old file on standard input"),
        ("rollsync patch old - -f -o old", "delta", "reading delta on standard input"),
        ("rollsync patch old - -o out", "plain", "reading delta on standard input"),
        ("rollsync patch - delta -o out", "old", "reading basis on standard input"),
        ("rollsync info -", "delta", "reading file on standard input"),
        ("rollsync info -", "sums", "reading file on standard input"),
        ("rollsync verify -", "delta", "reading file on standard input"),
        ("rollsync verify delta --basis -", "old", "reading basis on standard input"),
        ("rollsync verify delta --new -", "new", "reading new file on standard input"),
        ("rdiff signature - out", "old", "error filling buf from file"),
        ("rdiff delta sums - out", "new", "error filling buf from file"),
        ("rdiff delta - new out", "sums", "error filling buf from file"),
        ("rdiff -f patch old - old", "delta", "error filling buf from file"),
        ("rdiff patch - delta out", "old", "rs_file_copy_cb"),
    ] {
        let bytes = case.read(name);
        let memory = CutMemory::new(&bytes);
        let output = case.command(line).stdin(memory.file()).output().expect("the program starts");
        let mut words = vec![what, FAILED];
        let place = format!("at offset {}", memory.len);
        if line.starts_with("rollsync") {
            words.push(&place);
        }
        case.assert_failed(line, &output, io_status(line), &words);
    }
}

#[test]
fn a_basis() {
    let case = Case::new();
    let refused = 2_000_000;
    for (line, what) in [
        ("rollsync patch old delta -o out", "reading basis old at offset "),
        ("rollsync patch old delta -f -o old", "reading basis old at offset "),
        ("rollsync patch old plain -f -o old", "reading basis old at offset "),
        ("rdiff patch old delta out", "(rs_file_copy_cb) seek failed"),
        ("rdiff -f patch old plain old", "(rs_file_copy_cb) seek failed"),
    ] {
        let output = refusing(case.command(line), refused).output().expect("the program starts");
        case.assert_failed(line, &output, io_status(line), &[what, FAILED]);
    }
}

fn page_size() -> usize {
    // SAFETY: it asks a question.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).expect("a size")
}

/// The front of some bytes in memory, in whole pages, behind which nothing is mapped.
struct CutMemory {
    at: *mut libc::c_void,
    len: usize,
}

impl CutMemory {
    fn new(bytes: &[u8]) -> Self {
        let page = page_size();
        let len = bytes.len() * 2 / 3 / page * page;
        assert!(len > 0, "a page at least");
        // SAFETY: new memory, of which the last page is given back at once, and the rest is this value's alone.
        let at = unsafe {
            let (protection, flags) =
                (libc::PROT_READ | libc::PROT_WRITE, libc::MAP_PRIVATE | libc::MAP_ANONYMOUS);
            let at = libc::mmap(ptr::null_mut(), len + page, protection, flags, -1, 0);
            assert_ne!(at, libc::MAP_FAILED, "{}", io::Error::last_os_error());
            slice::from_raw_parts_mut(at.cast::<u8>(), len).copy_from_slice(&bytes[..len]);
            // Reserved, so that nobody else gets it, but nothing that can be read: a page of a file behind its end.
            let empty = tempfile::tempfile().expect("a temporary file");
            let behind = at.byte_add(len);
            let fixed = libc::MAP_PRIVATE | libc::MAP_FIXED;
            let file = std::os::fd::AsRawFd::as_raw_fd(&empty);
            assert_eq!(libc::mmap(behind, page, libc::PROT_READ, fixed, file, 0), behind);
            at
        };
        Self { at, len }
    }

    /// At its first byte.
    fn file(&self) -> File {
        let mut file = File::open("/proc/self/mem").expect("the memory");
        file.seek(SeekFrom::Start(self.at as u64)).expect("an address");
        file
    }
}

impl Drop for CutMemory {
    fn drop(&mut self) {
        // SAFETY: what was mapped in `new`, and is not used any more.
        unsafe { libc::munmap(self.at, self.len + page_size()) };
    }
}

/// A run in which every read at an offset, and every seek to one, fails from `offset` on, and the kernel copies nothing from file to file.
fn refusing(mut command: Command, offset: u32) -> Command {
    let number = |call: libc::c_long| u32::try_from(call).expect("a number of a call");
    let load = |at: u32| libc::sock_filter { code: 0x20, jt: 0, jf: 0, k: at };
    // Jumps over `yes` instructions when the number is equal, or greater or equal, and over `no` else.
    let equal = |k, jt, jf| libc::sock_filter { code: 0x15, jt, jf, k };
    let at_least = |k, jt, jf| libc::sock_filter { code: 0x35, jt, jf, k };
    let give = |k| libc::sock_filter { code: 0x06, jt: 0, jf: 0, k };
    // In `seccomp_data`: the call's number, and from byte 16 on its arguments, of which the lower half comes first.
    let argument = |index: u32| 16 + 8 * index + if cfg!(target_endian = "big") { 4 } else { 0 };
    let jump = |k| libc::sock_filter { code: 0x05, jt: 0, jf: 0, k };
    let filter = [
        load(0),
        equal(number(libc::SYS_copy_file_range), 9, 0),
        equal(number(libc::SYS_splice), 8, 0),
        equal(number(libc::SYS_pread64), 5, 0),
        equal(number(libc::SYS_lseek), 0, 7),
        // To an offset, and not from the position or the end.
        load(argument(2)),
        equal(0, 0, 5),
        load(argument(1)),
        jump(1),
        load(argument(3)),
        at_least(offset, 0, 1),
        give(libc::SECCOMP_RET_ERRNO | libc::EIO.unsigned_abs()),
        give(libc::SECCOMP_RET_ALLOW),
    ];
    let install = move || {
        let len = u16::try_from(filter.len()).expect("a short filter");
        let program = libc::sock_fprog { len, filter: filter.as_ptr().cast_mut() };
        // SAFETY: the calls read the program, which lives as long as they take.
        let done = unsafe {
            libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0
                && libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &raw const program) == 0
        };
        if done { Ok(()) } else { Err(io::Error::last_os_error()) }
    };
    // SAFETY: two system calls, which may follow a fork; nothing is allocated.
    unsafe { command.pre_exec(install) };
    command
}
