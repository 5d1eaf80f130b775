use std::fmt::Write as _;

use serde::Deserialize;
use serde::de::{Deserializer, Error};
use sha2::{Digest as _, Sha256};

use crate::segments::unhex;

/// An output of the real tool: whole when it is short, else its digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The bytes.
    Exact(Vec<u8>),
    /// What is known of an output that is too long to be kept.
    Digest {
        /// SHA-256 of the output, in lower-case hex.
        sha256: String,
        /// Its length in bytes.
        len: usize,
        /// Its first 48 bytes.
        head: Vec<u8>,
    },
}

impl Expected {
    /// `Ok` when `got` is this output, else what differs, in words.
    pub fn check(&self, got: &[u8]) -> Result<(), String> {
        match self {
            Expected::Exact(want) if want == got => Ok(()),
            Expected::Exact(want) => Err(difference(want, got, want.len())),
            Expected::Digest { sha256, len, head } => {
                if got.len() != *len || !got.starts_with(head) {
                    return Err(difference(head, got, *len));
                }
                let found = hex(&Sha256::digest(got));
                if found == *sha256 { Ok(()) } else { Err(format!("sha256 is {found}, expected {sha256}")) }
            }
        }
    }

    /// Length of the output in bytes.
    pub fn len(&self) -> usize {
        match self {
            Expected::Exact(bytes) => bytes.len(),
            Expected::Digest { len, .. } => *len,
        }
    }

    /// Whether the output has no byte.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl<'de> Deserialize<'de> for Expected {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Shown {
            Hex { hex: String },
            Digest { sha256: String, len: usize, head: String },
        }
        let shown = match Shown::deserialize(from)? {
            Shown::Hex { hex } => unhex(&hex).map(Expected::Exact),
            Shown::Digest { sha256, len, head } => {
                unhex(&head).map(|head| Expected::Digest { sha256, len, head })
            }
        };
        shown.map_err(D::Error::custom)
    }
}

fn difference(want: &[u8], got: &[u8], want_len: usize) -> String {
    let at = want.iter().zip(got).position(|(w, g)| w != g).unwrap_or(want.len().min(got.len()));
    let around = |bytes: &[u8]| hex(&bytes[at.saturating_sub(8)..bytes.len().min(at + 24)]);
    format!(
        "{} bytes, expected {want_len}; first difference at {at}: got …{}…, expected …{}…",
        got.len(),
        around(got),
        around(want)
    )
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exact_accepts_only_its_bytes() {
        let want: Expected = serde_json::from_str(r#"{"hex":"6162"}"#).unwrap();
        assert_eq!(want, Expected::Exact(b"ab".to_vec()));
        assert_eq!(want.check(b"ab"), Ok(()));
        assert!(want.check(b"abc").unwrap_err().contains("3 bytes, expected 2; first difference at 2"));
        assert!(want.check(b"ax").is_err());
        assert!(want.check(b"").is_err());
    }

    #[test]
    fn digest_accepts_only_its_bytes() {
        // SHA-256 of "abc", FIPS 180-2.
        let json = r#"{"sha256":"ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad","len":3,"head":"6162"}"#;
        let want: Expected = serde_json::from_str(json).unwrap();
        assert_eq!(want.check(b"abc"), Ok(()));
        assert!(want.check(b"abd").unwrap_err().contains("sha256"));
        assert!(want.check(b"ab").is_err());
        assert!(want.check(b"xbc").is_err());
        assert_eq!((want.len(), want.is_empty()), (3, false));
    }
}
