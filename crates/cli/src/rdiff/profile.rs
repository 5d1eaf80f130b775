//! Whose deltas to write.

use std::env;

use rollsync::Profile;

use super::args::UsageError;

/// The profile that `ROLLSYNC_PROFILE` names. Unset or empty is the librsync whose version this program tells.
pub(crate) fn from_environment() -> Result<Profile, UsageError> {
    let name = env::var_os("ROLLSYNC_PROFILE").unwrap_or_default();
    if name.is_empty() {
        return Ok(Profile::Librsync234);
    }
    let profile = name.to_str().and_then(|name| name.parse().ok());
    profile.ok_or_else(|| UsageError::unknown_profile(name.as_encoded_bytes()))
}
