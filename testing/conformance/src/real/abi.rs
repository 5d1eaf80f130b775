//! librsync's binary interface, on machines where `long` and pointers have 64 bits.

use std::ffi::{c_char, c_int, c_void};

use libc::FILE;

/// An opaque `rs_job_t`.
#[repr(C)]
pub(super) struct Job([u8; 0]);

/// An opaque `rs_signature_t`.
#[repr(C)]
pub(super) struct Signature([u8; 0]);

#[repr(C)]
#[derive(Debug)]
pub(super) struct Buffers {
    pub(super) next_in: *mut c_char,
    pub(super) avail_in: usize,
    pub(super) eof_in: c_int,
    pub(super) next_out: *mut c_char,
    pub(super) avail_out: usize,
}

#[repr(C)]
#[derive(Clone, Copy, Debug)]
pub(super) struct Stats {
    pub(super) op: *const c_char,
    pub(super) lit_cmds: c_int,
    pub(super) lit_bytes: i64,
    pub(super) lit_cmdbytes: i64,
    pub(super) copy_cmds: i64,
    pub(super) copy_bytes: i64,
    pub(super) copy_cmdbytes: i64,
    pub(super) sig_cmds: i64,
    pub(super) sig_bytes: i64,
    pub(super) false_matches: c_int,
    pub(super) sig_blocks: i64,
    pub(super) block_len: usize,
    pub(super) in_bytes: i64,
    pub(super) out_bytes: i64,
    pub(super) start: i64,
    pub(super) end: i64,
}

const _: () = assert!(size_of::<Buffers>() == 40 && size_of::<Stats>() == 128);

pub(super) type CopyCallback = unsafe extern "C" fn(*mut c_void, i64, *mut usize, *mut *mut c_void) -> c_int;
pub(super) type LogSink = unsafe extern "C" fn(c_int, *const c_char);

macro_rules! functions {
    ($($symbol:literal $name:ident($($parameter:ty),*) $(-> $result:ty)?;)*) => {
        /// The functions that the tests call.
        #[derive(Clone, Copy, Debug)]
        pub(super) struct Functions {
            $(pub(super) $name: unsafe extern "C" fn($($parameter),*) $(-> $result)?,)*
        }

        impl Functions {
            /// Looks all of them up.
            ///
            /// # Safety
            /// `library` is a librsync 2.3, and is never unloaded.
            pub(super) unsafe fn of(library: &libloading::Library) -> Result<Self, libloading::Error> {
                Ok(Self {
                    // SAFETY: the signature is that of librsync.h, and the caller vouches for the library.
                    $($name: unsafe { *library.get($symbol)? },)*
                })
            }
        }
    };
}

functions! {
    "rs_trace_to" trace_to(Option<LogSink>);
    "rs_sig_args" sig_args(i64, *mut c_int, *mut usize, *mut usize) -> c_int;
    "rs_sig_begin" sig_begin(usize, usize, c_int) -> *mut Job;
    "rs_loadsig_begin" loadsig_begin(*mut *mut Signature) -> *mut Job;
    "rs_build_hash_table" build_hash_table(*mut Signature) -> c_int;
    "rs_signature_log_stats" signature_log_stats(*const Signature);
    "rs_free_sumset" free_sumset(*mut Signature);
    "rs_delta_begin" delta_begin(*mut Signature) -> *mut Job;
    "rs_patch_begin" patch_begin(CopyCallback, *mut c_void) -> *mut Job;
    "rs_job_iter" job_iter(*mut Job, *mut Buffers) -> c_int;
    "rs_job_statistics" job_statistics(*mut Job) -> *const Stats;
    "rs_job_free" job_free(*mut Job) -> c_int;
    "rs_file_size" file_size(*mut FILE) -> i64;
    "rs_sig_file" sig_file(*mut FILE, *mut FILE, usize, usize, c_int, *mut Stats) -> c_int;
    "rs_loadsig_file" loadsig_file(*mut FILE, *mut *mut Signature, *mut Stats) -> c_int;
    "rs_delta_file" delta_file(*mut Signature, *mut FILE, *mut FILE, *mut Stats) -> c_int;
    "rs_patch_file" patch_file(*mut FILE, *mut FILE, *mut FILE, *mut Stats) -> c_int;
}
