use std::path::Path;

use serde::Deserialize;

use crate::{Expected, segments};

/// Reads `golden.json` of this crate.
///
/// # Panics
/// When the file is missing or not in the notation of the README: the checkout is broken.
pub fn load() -> Vectors {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("golden.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Everything in `golden.json`.
#[derive(Clone, Debug, Deserialize)]
pub struct Vectors {
    /// First line of `rdiff -V` of the tool that made every case.
    pub reference: String,
    /// First line of `rdiff -V` of the newer tool that made [`DeltaCase::delta_new`].
    pub reference_new: String,
    /// Signatures.
    #[serde(rename = "signature")]
    pub signatures: Vec<SignatureCase>,
    /// Deltas.
    #[serde(rename = "delta")]
    pub deltas: Vec<DeltaCase>,
    /// Patches, failing ones included.
    #[serde(rename = "patch")]
    pub patches: Vec<PatchCase>,
    /// Signatures that are loaded, failing ones included.
    #[serde(rename = "loadsig")]
    pub loadsigs: Vec<LoadsigCase>,
}

/// One signature made by `rdiff signature`.
#[derive(Clone, Debug, Deserialize)]
pub struct SignatureCase {
    /// Name of the case, unique in its list.
    pub name: String,
    /// The basis.
    #[serde(deserialize_with = "segments::bytes")]
    pub basis: Vec<u8>,
    /// One of the four signature magics.
    #[serde(deserialize_with = "segments::magic")]
    pub magic: u32,
    /// Block length asked for, in bytes; 0 = recommended.
    #[serde(rename = "block_len_arg")]
    pub block_len: u32,
    /// Strong sum length asked for, in bytes; 0 = maximum, -1 = recommended minimum.
    #[serde(rename = "strong_len_arg")]
    pub strong_len: i64,
    /// Whether the tool knew the size of the basis (false: it came through a pipe).
    pub size_known: bool,
    /// The signature file.
    pub sig: Expected,
}

/// One delta made by `rdiff delta`.
#[derive(Clone, Debug, Deserialize)]
pub struct DeltaCase {
    /// The signature step, made with a known size of the basis.
    #[serde(flatten)]
    pub signature: SignatureCase,
    /// The new file.
    #[serde(deserialize_with = "segments::bytes")]
    pub new: Vec<u8>,
    /// The delta of release 2.3.2.
    pub delta: Expected,
    /// The delta of 2.3.3 and later, only where it differs.
    #[serde(default)]
    pub delta_new: Option<Expected>,
    /// Whether patching the basis with `delta` restored the new file.
    pub roundtrip: bool,
    /// Options added to the delta step: `-I` and `-O` with the size of the input and output buffer.
    #[serde(default)]
    pub rdiff_args: Vec<String>,
}

impl DeltaCase {
    /// The delta of 2.3.3 and later, whether or not it differs from the one of 2.3.2.
    pub fn delta_new(&self) -> &Expected {
        self.delta_new.as_ref().unwrap_or(&self.delta)
    }

    /// The number after `option` (`-I` or `-O`) in [`DeltaCase::rdiff_args`], in bytes.
    pub fn buffer_len(&self, option: &str) -> Option<usize> {
        let at = self.rdiff_args.iter().position(|arg| arg == option)?;
        self.rdiff_args.get(at + 1)?.parse().ok()
    }
}

/// One run of `rdiff patch`.
#[derive(Clone, Debug, Deserialize)]
pub struct PatchCase {
    /// Name of the case, unique in its list.
    pub name: String,
    /// The basis.
    #[serde(deserialize_with = "segments::bytes")]
    pub basis: Vec<u8>,
    /// The delta file.
    #[serde(deserialize_with = "segments::hex_bytes")]
    pub delta: Vec<u8>,
    /// Exit status, which is librsync's result code.
    pub exit: i32,
    /// Lines written to stderr.
    pub stderr: Vec<String>,
    /// What the output file held; after a failure it lacks what the failing step had not yet written.
    pub output: Expected,
}

/// One run of `rdiff delta` with a signature that may be broken.
#[derive(Clone, Debug, Deserialize)]
pub struct LoadsigCase {
    /// Name of the case, unique in its list.
    pub name: String,
    /// The signature file.
    #[serde(deserialize_with = "segments::hex_bytes")]
    pub sig: Vec<u8>,
    /// The new file.
    #[serde(deserialize_with = "segments::bytes")]
    pub new: Vec<u8>,
    /// Exit status, which is librsync's result code.
    pub exit: i32,
    /// Lines written to stderr.
    pub stderr: Vec<String>,
    /// What the delta file held.
    pub delta: Expected,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_case_is_loaded() {
        let v = load();
        assert_eq!(v.reference, "rdiff (librsync 2.3.2)");
        assert_eq!(v.reference_new, "rdiff (librsync 2.3.5)");
        assert_eq!(
            (v.signatures.len(), v.deltas.len(), v.patches.len(), v.loadsigs.len()),
            (53, 114, 45, 22)
        );
        assert_eq!(v.deltas.iter().filter(|c| c.delta_new.is_some()).count(), 20);
        assert!(v.deltas.iter().all(|c| c.roundtrip));
    }

    #[test]
    fn fields_hold_what_the_file_says() {
        let v = load();
        let hello = v.signatures.iter().find(|c| c.name == "hello/72730136").unwrap();
        assert_eq!(hello.basis, b"hello world");
        assert_eq!(
            (hello.magic, hello.block_len, hello.strong_len, hello.size_known),
            (0x7273_0136, 0, 0, true)
        );
        let pipe = v.signatures.iter().find(|c| c.name == "pipeS-1/72730147").unwrap();
        assert_eq!((pipe.basis.len(), pipe.strong_len, pipe.size_known), (5000, -1, false));
        let buffers = v.deltas.iter().find(|c| c.signature.name == "empty_basis_I100_450").unwrap();
        assert_eq!((buffers.buffer_len("-I"), buffers.buffer_len("-O")), (Some(100), None));
        let insert = v.deltas.iter().find(|c| c.signature.name == "insert/72730147").unwrap();
        assert_eq!((insert.signature.basis.len(), insert.new.len()), (3000, 3008));
        assert_eq!(insert.new[1000..1008], *b"INSERTED");
        assert_eq!(insert.new[1008..], insert.signature.basis[1000..]);
        let neg = v.patches.iter().find(|c| c.name == "lit_neg").unwrap();
        assert_eq!((neg.exit, neg.delta.len(), neg.basis.len()), (106, 13, 556));
        assert_eq!(v.loadsigs.iter().find(|c| c.name == "bad_magic").unwrap().exit, 104);
    }
}
