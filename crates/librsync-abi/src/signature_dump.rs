//! What the log is told of a signature on request.

use crate::{
    boundary::guarded,
    hexify::hex,
    signature::{RsSignature, State},
    trace::log,
};
use rollsync::{
    Signature, WeakKind,
    librsync::{MatchStatistics, Severity},
};
use rollsync_kernels::weak::mix32;

/// Logs the records of a signature that is loaded; of another, nothing.
///
/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_sumset_dump(signature: *const RsSignature) {
    guarded((), || {
        // SAFETY: the caller's promise.
        let Some(signature) = (unsafe { RsSignature::of_raw(signature) }) else { return };
        let lines = match &*signature.state() {
            State::Loading(..) | State::Failed(_) => Vec::new(),
            State::Loaded(signature, _) => lines(signature),
            State::Indexed(index) => lines(index.signature()),
        };
        lines.iter().for_each(|line| log(Severity::Info, "", line));
    });
}

/// # Safety
/// `signature` is NULL, or was stored by `rs_loadsig_begin` or `rs_loadsig_file` and is not freed.
#[unsafe(no_mangle)]
unsafe extern "C" fn rs_signature_log_stats(signature: *const RsSignature) {
    guarded((), || {
        // SAFETY: the caller's promise.
        if let Some(signature) = unsafe { RsSignature::of_raw(signature) } {
            log(Severity::Info, "", MatchStatistics(signature.searched()).to_string());
        }
    });
}

fn lines(signature: &Signature) -> Vec<String> {
    let params = signature.params();
    let mut lines = vec![format!(
        "sumset info: magic={:#x}, block_len={}, block_num={}",
        params.format().magic(),
        params.block_len().get(),
        signature.block_count()
    )];
    for block in 0..signature.block_count() {
        let weak = match params.format().weak {
            // As it is looked up.
            WeakKind::Rollsum => mix32(signature.weak_sum(block)),
            WeakKind::RabinKarp => signature.weak_sum(block),
        };
        let strong = hex(signature.strong_sum(block));
        lines.push(format!("sum {block:6}: weak={weak:08x}, strong={strong}"));
    }
    lines
}
