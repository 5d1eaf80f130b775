//! A real librsync in this process.

mod abi;
mod job;
mod log;
mod signature;
mod stream;
mod whole_file;

use std::ffi::{CStr, c_char, c_int};
use std::mem::ManuallyDrop;
use std::sync::atomic::AtomicI32;
use std::sync::{OnceLock, RwLock};

use abi::Functions;
pub use signature::LoadedSignature;
pub use whole_file::WholeFile;

use crate::{Counts, Missing, Release, SignatureArguments};

/// A librsync that is loaded. Its functions may be called from several threads; what it logs is part of the outcome.
#[derive(Debug)]
pub struct RealLibrsync {
    release: Release,
    functions: Functions,
    /// `rs_inbuflen` and `rs_outbuflen`, which the whole-file functions read: written by who holds the lock alone.
    buffer_lens: RwLock<[&'static AtomicI32; 2]>,
}

impl RealLibrsync {
    /// The library of a release; it is loaded once and stays.
    ///
    /// # Errors
    /// When it is not on this machine.
    pub fn of(release: Release) -> Result<&'static Self, Missing> {
        static LOADED: [OnceLock<Result<RealLibrsync, Missing>>; 2] = [OnceLock::new(), OnceLock::new()];
        LOADED[release as usize].get_or_init(|| Self::open(release)).as_ref().map_err(Clone::clone)
    }

    fn open(release: Release) -> Result<Self, Missing> {
        let files = release.files();
        let missing = |why: &dyn ToString| {
            Missing(format!("no {} at {files:?}: {}", release.version(), why.to_string()))
        };
        let file = files.iter().find(|file| file.exists()).ok_or_else(|| missing(&"no such file"))?;
        // SAFETY: librsync's initialisers do nothing; its symbols stay its own (RTLD_LOCAL is the default).
        let library = unsafe { libloading::Library::new(file) }.map_err(|error| missing(&error))?;
        // Pointers into it are kept, so it is never unloaded.
        let library = ManuallyDrop::new(library);
        // SAFETY: a symbol of a variable is its address.
        let version = unsafe { library.get::<*const c_char>("rs_librsync_version") };
        let version = version.map_err(|error| missing(&error))?;
        // SAFETY: the variable is a C string for as long as the library is loaded.
        let version = unsafe { CStr::from_ptr(*version) }.to_string_lossy();
        if version != release.version() {
            return Err(missing(&format!("it is {version}")));
        }
        // SAFETY: it is a librsync 2.3 by its own word, and stays loaded.
        let functions = unsafe { Functions::of(&library) }.map_err(|error| missing(&error))?;
        let variable = |name: &str| {
            // SAFETY: a symbol of a variable is its address.
            let address = unsafe { library.get::<*mut c_int>(name) }.map_err(|error| missing(&error))?;
            // SAFETY: an aligned `int` for as long as the library is loaded. Reads without atomics, librsync's own,
            // never meet a write: see `buffer_lens`.
            Ok(unsafe { AtomicI32::from_ptr(*address) })
        };
        let buffer_lens = RwLock::new([variable("rs_inbuflen")?, variable("rs_outbuflen")?]);
        // SAFETY: the sink lives as long as the process.
        unsafe { (functions.trace_to)(Some(log::sink)) };
        Ok(Self { release, functions, buffer_lens })
    }

    /// Which one it is.
    #[must_use]
    pub const fn release(&self) -> Release {
        self.release
    }

    /// `rs_sig_args` for a basis of `basis_len` bytes (`None`: unknown): the result code, block length, strong length.
    ///
    /// # Panics
    /// When `basis_len` is above 2⁶³ - 1.
    #[must_use]
    pub fn sig_args(&self, basis_len: Option<u64>, arguments: &SignatureArguments) -> (i32, usize, usize) {
        let (code, _, block_len, strong_len) = self.sig_args_of_magic(
            basis_len.map_or(-1, |len| i64::try_from(len).expect("no file is so long")),
            arguments.format.magic(),
            arguments.block_len,
            strong_len_argument(arguments),
        );
        (code, block_len, strong_len)
    }

    /// `rs_sig_args` as it is: the result code, magic, block length, strong length.
    #[must_use]
    pub fn sig_args_of_magic(
        &self,
        basis_len: i64,
        magic: u32,
        mut block_len: usize,
        mut strong_len: usize,
    ) -> (i32, u32, usize, usize) {
        let mut magic = magic.cast_signed();
        // SAFETY: three pointers to what the function reads and writes.
        let code =
            unsafe { (self.functions.sig_args)(basis_len, &mut magic, &mut block_len, &mut strong_len) };
        (code, magic.cast_unsigned(), block_len, strong_len)
    }

    /// What librsync logged on this thread since the last call, of this function or of one with an outcome.
    #[must_use]
    pub fn logged(&self) -> Vec<String> {
        log::take()
    }
}

/// -1 is the largest `size_t`.
fn strong_len_argument(arguments: &SignatureArguments) -> usize {
    usize::try_from(arguments.strong_len).unwrap_or(usize::MAX)
}

impl From<&abi::Stats> for Counts {
    fn from(stats: &abi::Stats) -> Self {
        assert_eq!((stats.sig_cmds, stats.sig_bytes, stats.false_matches), (0, 0, 0), "librsync counts none");
        let count = |counter: i64| u64::try_from(counter).expect("librsync counts upwards");
        Self {
            literal: [stats.lit_cmds.into(), stats.lit_bytes, stats.lit_cmdbytes].map(count),
            copy: [stats.copy_cmds, stats.copy_bytes, stats.copy_cmdbytes].map(count),
            blocks: count(stats.sig_blocks),
            block_len: stats.block_len as u64,
            moved: [stats.in_bytes, stats.out_bytes].map(count),
        }
    }
}
