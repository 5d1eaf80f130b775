//! `rs_inbuflen` and `rs_outbuflen`.

use crate::{cause::Failure, exports::buffer_lens, result_code::RsResult};
use rollsync::librsync::BufferSizes;

/// The sizes that the application has asked for, as they are now; none may be negative.
pub(crate) fn of_application() -> Result<BufferSizes, Failure> {
    let [input, output] = buffer_lens();
    BufferSizes::new(input, output)
        .map_err(|cause| Failure { code: RsResult::PARAM_ERROR, cause: Some(cause) })
}
