//! The four jobs over whole files, and what they say in the reference's terms.

use crate::slicing::{Outcome, Slicing, drive};
use rollsync_core::{
    BlockLen, DeltaJob, DeltaOptions, Error, ErrorKind, Format, Limits, LoadJob, PatchJob, Profile,
    Signature, SignatureIndex, SignatureJob, SignatureParams, StrongLen, Work,
};
use rollsync_reference as reference;

pub(crate) fn params(format: Format, block_len: usize, strong_len: usize) -> SignatureParams {
    let block_len = BlockLen::new(block_len as u64).unwrap();
    SignatureParams::new(format, block_len, StrongLen::new(strong_len as u64).unwrap()).unwrap()
}

pub(crate) fn signature_of(basis: &[u8], params: SignatureParams) -> Vec<u8> {
    let outcome = drive(&mut SignatureJob::new(params), basis, &[], &Slicing::whole());
    outcome.result.unwrap();
    outcome.output
}

pub(crate) fn load(bytes: &[u8]) -> Result<Signature, Error> {
    let mut job = LoadJob::new();
    drive(&mut job, bytes, &[], &Slicing::whole()).result?;
    Ok(job.into_signature().expect("a job that is done has it"))
}

pub(crate) fn index_of(signature: &[u8]) -> SignatureIndex {
    SignatureIndex::build(load(signature).unwrap(), &Limits::default()).unwrap()
}

pub(crate) fn delta_of(index: &SignatureIndex, new: &[u8], profile: Profile, work: Work) -> Outcome {
    let options = DeltaOptions { profile, ..DeltaOptions::default() };
    let mut job = DeltaJob::new(index, options).with_limits(Limits { work, ..Limits::default() });
    let outcome = drive(&mut job, new, &[], &Slicing::whole());
    outcome.result.unwrap();
    outcome
}

pub(crate) fn patch_of(basis: &[u8], delta: &[u8]) -> Outcome {
    drive(&mut PatchJob::new(), delta, basis, &Slicing::whole())
}

/// The code with which librsync ends, and `rdiff` exits.
pub(crate) fn code(result: Result<(), Error>) -> i32 {
    match result.map_err(|error| error.kind()) {
        Ok(()) => 0,
        Err(ErrorKind::InputEnded) => 103,
        Err(ErrorKind::BadMagic) => 104,
        Err(ErrorKind::Corrupt) => 106,
        Err(ErrorKind::Param) => 108,
        Err(kind) => panic!("{kind:?} has no code here"),
    }
}

pub(crate) fn reference_params(params: SignatureParams) -> reference::Params {
    let format = reference::Format::from_magic(params.format().magic()).unwrap();
    reference::Params::new(format, params.block_len().as_usize(), params.strong_len().as_usize()).unwrap()
}

pub(crate) fn reference_rules(profile: Profile, block_len: usize) -> reference::Rules {
    match profile {
        Profile::Librsync232 => reference::Rules::release_2_3_2(block_len),
        Profile::Librsync234 => reference::Rules::release_2_3_3(block_len),
        Profile::Compact => reference::Rules::compact(),
        _ => panic!("{profile} is not known to the reference"),
    }
}

/// Each command of a delta: where its bytes stand in the new file, how many, and from where in the basis.
pub(crate) fn spans(delta: &[u8]) -> Vec<(u64, u64, Option<u64>)> {
    let mut at = 0;
    let parsed = reference::parse_delta(delta).expect("a whole delta");
    assert_eq!(parsed.len, delta.len(), "nothing comes after the end");
    let span = |command: &reference::Command| {
        let (len, from) = match command {
            reference::Command::Literal(bytes) => (bytes.len() as u64, None),
            reference::Command::Copy { offset, len } => (*len, Some(*offset)),
            reference::Command::End => return None,
        };
        at += len;
        Some((at - len, len, from))
    };
    parsed.commands().filter_map(span).collect()
}
