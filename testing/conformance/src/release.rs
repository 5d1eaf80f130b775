use std::env;
use std::path::{Path, PathBuf};

use rollsync::Profile;

/// A release of librsync whose deltas the engine reproduces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Release {
    /// As Debian builds it.
    V2_3_2,
    /// The newest release.
    V2_3_4,
}

impl Release {
    /// Both.
    pub const ALL: [Self; 2] = [Self::V2_3_2, Self::V2_3_4];

    /// The engine's name for its deltas.
    #[must_use]
    pub const fn profile(self) -> Profile {
        match self {
            Self::V2_3_2 => Profile::Librsync232,
            Self::V2_3_4 => Profile::Librsync234,
        }
    }

    /// What the library calls itself.
    #[must_use]
    pub const fn version(self) -> &'static str {
        match self {
            Self::V2_3_2 => "librsync 2.3.2",
            Self::V2_3_4 => "librsync 2.3.4",
        }
    }

    /// Where the library may lie.
    pub(crate) fn files(self) -> Vec<PathBuf> {
        match self {
            Self::V2_3_2 => ["x86_64", "aarch64"]
                .iter()
                .map(|machine| PathBuf::from(format!("/usr/lib/{machine}-linux-gnu/librsync.so.2")))
                .collect(),
            Self::V2_3_4 => vec![match env::var_os("ROLLSYNC_ORACLE_LIBRSYNC") {
                Some(file) => file.into(),
                None => repo().join(".oracles/librsync-2.3.4/librsync.so"),
            }],
        }
    }
}

/// The root of the repository.
pub(crate) fn repo() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).expect("this package lies two folders below the root")
}
