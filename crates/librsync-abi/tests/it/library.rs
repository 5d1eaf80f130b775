//! A librsync that is loaded: ours, or the real one.

use std::env;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use libc::FILE;
use rollsync_conformance::{Missing, present};

use crate::log;

pub(crate) const DONE: c_int = 0;
pub(crate) const BLOCKED: c_int = 1;

#[repr(C)]
#[derive(Debug)]
pub(crate) struct Buffers {
    pub(crate) next_in: *mut c_char,
    pub(crate) avail_in: usize,
    pub(crate) eof_in: c_int,
    pub(crate) next_out: *mut c_char,
    pub(crate) avail_out: usize,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stats {
    pub(crate) op: *const c_char,
    pub(crate) lit_cmds: c_int,
    pub(crate) numbers: [i64; 7],
    pub(crate) false_matches: c_int,
    pub(crate) sig_blocks: i64,
    pub(crate) block_len: usize,
    pub(crate) in_bytes: i64,
    pub(crate) out_bytes: i64,
    pub(crate) start: i64,
    pub(crate) end: i64,
}

impl Stats {
    pub(crate) const ZERO: Self = Self {
        op: std::ptr::null(),
        lit_cmds: 0,
        numbers: [0; 7],
        false_matches: 0,
        sig_blocks: 0,
        block_len: 0,
        in_bytes: 0,
        out_bytes: 0,
        start: 0,
        end: 0,
    };

    /// All of it but the time.
    pub(crate) fn counted(&self) -> Vec<String> {
        let op = match self.op.is_null() {
            true => c"NULL",
            // SAFETY: librsync sets it to a static C string.
            false => unsafe { CStr::from_ptr(self.op) },
        };
        let Self { lit_cmds, numbers, false_matches, sig_blocks, block_len, in_bytes, out_bytes, .. } = self;
        vec![
            format!("{op:?} {lit_cmds} {numbers:?} {false_matches}"),
            format!("{sig_blocks} blocks of {block_len}"),
            format!("{in_bytes} in, {out_bytes} out"),
        ]
    }
}

pub(crate) type DrivenCb = unsafe extern "C" fn(*mut c_void, *mut Buffers, *mut c_void) -> c_int;
pub(crate) type CopyCb = unsafe extern "C" fn(*mut c_void, i64, *mut usize, *mut *mut c_void) -> c_int;
type Sink = unsafe extern "C" fn(c_int, *const c_char);

macro_rules! functions {
    ($($name:ident($($parameter:ty),*) $(-> $result:ty)?;)*) => {
        /// Its functions. All are unsafe to call, on librsync.h's terms.
        pub(crate) struct Library {
            /// Level and sink of the log, and the lengths of buffers, are one for all threads.
            settings: Mutex<()>,
            $(pub(crate) $name: unsafe extern "C" fn($($parameter),*) $(-> $result)?,)*
            pub(crate) inbuflen: *mut c_int,
            pub(crate) outbuflen: *mut c_int,
        }

        impl Library {
            fn open(file: &Path) -> Result<Self, Missing> {
                let missing = |why: &dyn ToString| Missing(format!("{}: {}", file.display(), why.to_string()));
                // SAFETY: neither library has initialisers that do anything.
                let library = unsafe { libloading::Library::new(file) }.map_err(|error| missing(&error))?;
                let library = Box::leak(Box::new(library));
                // SAFETY: the types are those of librsync.h, and the library is never unloaded.
                unsafe {
                    Ok(Self {
                        settings: Mutex::new(()),
                        $($name: *library.get(concat!("rs_", stringify!($name))).map_err(|error| missing(&error))?,)*
                        inbuflen: *library.get("rs_inbuflen").map_err(|error| missing(&error))?,
                        outbuflen: *library.get("rs_outbuflen").map_err(|error| missing(&error))?,
                    })
                }
            }
        }
    };
}

functions! {
    strerror(c_int) -> *const c_char;
    trace_set_level(c_int);
    trace_to(Option<Sink>);
    supports_trace() -> c_int;
    hexify(*mut c_char, *const c_void, c_int);
    unbase64(*mut c_char) -> usize;
    base64(*const u8, c_int, *mut c_char);
    mdfour(*mut u8, *const c_void, usize);
    mdfour_begin(*mut c_void);
    mdfour_update(*mut c_void, *const c_void, usize);
    mdfour_result(*mut c_void, *mut u8);
    format_stats(*const Stats, *mut c_char, usize) -> *mut c_char;
    log_stats(*const Stats) -> c_int;
    signature_log_stats(*const c_void);
    sumset_dump(*const c_void);
    build_hash_table(*mut c_void) -> c_int;
    free_sumset(*mut c_void);
    job_iter(*mut c_void, *mut Buffers) -> c_int;
    job_drive(*mut c_void, *mut Buffers, Option<DrivenCb>, *mut c_void, Option<DrivenCb>, *mut c_void) -> c_int;
    job_statistics(*mut c_void) -> *const Stats;
    job_free(*mut c_void) -> c_int;
    sig_args(i64, *mut c_int, *mut usize, *mut usize) -> c_int;
    sig_begin(usize, usize, c_int) -> *mut c_void;
    loadsig_begin(*mut *mut c_void) -> *mut c_void;
    delta_begin(*mut c_void) -> *mut c_void;
    patch_begin(Option<CopyCb>, *mut c_void) -> *mut c_void;
    file_size(*mut FILE) -> i64;
    file_copy_cb(*mut c_void, i64, *mut usize, *mut *mut c_void) -> c_int;
    sig_file(*mut FILE, *mut FILE, usize, usize, c_int, *mut Stats) -> c_int;
    loadsig_file(*mut FILE, *mut *mut c_void, *mut Stats) -> c_int;
    delta_file(*mut c_void, *mut FILE, *mut FILE, *mut Stats) -> c_int;
    patch_file(*mut FILE, *mut FILE, *mut FILE, *mut Stats) -> c_int;
}

// SAFETY: the functions may be called from any thread; the variables are written while `settings` is held only.
unsafe impl Send for Library {}
// SAFETY: as above.
unsafe impl Sync for Library {}

impl Library {
    /// Ours, as cargo has built it for this test.
    pub(crate) fn ours() -> &'static Self {
        static OURS: OnceLock<Library> = OnceLock::new();
        OURS.get_or_init(|| {
            let library = Self::open(&ours()).expect("it is built before the tests");
            // SAFETY: the sink lives as long as the process.
            unsafe { (library.trace_to)(Some(log::sink)) };
            library
        })
    }

    /// The real librsync 2.3.4.
    pub(crate) fn real() -> Option<&'static Self> {
        static REAL: OnceLock<Result<Library, Missing>> = OnceLock::new();
        let real = REAL.get_or_init(|| {
            let file = env::var_os("ROLLSYNC_ORACLE_LIBRSYNC")
                .map_or_else(|| repo().join(".oracles/librsync-2.3.4/librsync.so"), PathBuf::from);
            let library = Self::open(&file)?;
            // SAFETY: the sink lives as long as the process.
            unsafe { (library.trace_to)(Some(log::sink)) };
            Ok(library)
        });
        present(real.as_ref().map_err(Clone::clone))
    }

    /// Ours and the real one, for tests that compare them.
    pub(crate) fn both() -> Option<[&'static Self; 2]> {
        Self::real().map(|real| [Self::ours(), real])
    }

    /// Keeps other tests from what is one for the whole process.
    pub(crate) fn settings(&self) -> MutexGuard<'_, ()> {
        self.settings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Our shared library: the one that was built with this test, or an installed one that `ROLLSYNC_LIBRSYNC` names.
pub(crate) fn ours() -> PathBuf {
    if let Some(installed) = env::var_os("ROLLSYNC_LIBRSYNC") {
        return installed.into();
    }
    // target/debug/deps/it-0123456789abcdef
    let test = env::current_exe().expect("the running test has a path");
    test.with_file_name("librsync.so")
}

/// The root of the repository.
pub(crate) fn repo() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this package lies two folders below the root")
}
