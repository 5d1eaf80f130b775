//! One command of a delta, beside the reference.

use crate::draw::cases;
use proptest::prelude::*;
use rollsync_core::format::{Command, CommandDecoder, CommandError};
use rollsync_reference::{self as reference, DeltaErrorKind, Header};

/// Numbers of every width.
fn any_number() -> impl Strategy<Value = u64> {
    (any::<u64>(), 0..64_u32).prop_map(|(value, shift)| value >> shift)
}

/// Decodes the first command in pieces of these lengths; and how many bytes it took.
fn decode(bytes: &[u8], pieces: &[usize]) -> (Result<Option<Command>, CommandError>, usize) {
    let (mut decoder, mut used) = (CommandDecoder::new(), 0);
    for len in pieces.iter().cycle() {
        let mut piece = &bytes[used..bytes.len().min(used + len)];
        let offered = piece.len();
        let decoded = decoder.decode(&mut piece);
        used += offered - piece.len();
        match decoded {
            Ok(None) => {
                assert_eq!(piece, b"", "it needs more, and leaves some");
                assert_eq!(decoder.held(), used);
                if used == bytes.len() {
                    return (decoded, used);
                }
            }
            _ => return (decoded, used),
        }
    }
    unreachable!("there are pieces")
}

proptest! {
    #![proptest_config(cases(3000))]

    #[test]
    fn copies_are_encoded_as_by_the_reference(offset in any_number(), len in any_number()) {
        let (offset, len) = (offset >> 1, (len >> 1).max(1));
        let mut encoded = [0; Command::MAX_ENCODED_LEN];
        let written = Command::Copy { offset, len }.encode(&mut encoded);
        let expected = reference::Command::Copy { offset, len }.header();
        prop_assert_eq!(&encoded[..written], &expected[..]);
        prop_assert_eq!(decode(&expected, &[1]), (Ok(Some(Command::Copy { offset, len })), written));
    }

    #[test]
    fn anything_is_decoded_as_by_the_reference(
        opcode in prop_oneof![1 => any::<u8>(), 3 => 0x40..0x56_u8],
        // Mostly small numbers: half of all others are negative.
        parameters in prop::collection::vec(prop_oneof![2 => Just(0), 1 => Just(1), 1 => any::<u8>()], 0..20),
        pieces in prop::collection::vec(0..5_usize, 0..4),
    ) {
        let bytes = [&[opcode], &parameters[..]].concat();
        let pieces = [&pieces[..], &[1]].concat();
        let (decoded, used) = decode(&bytes, &pieces);
        let expected = reference::parse_header(&bytes, 0);
        match expected.map_err(|error| error.kind) {
            Ok((header, len)) => {
                let command = match header {
                    Header::End => Command::End,
                    Header::Literal { len } => Command::Literal { len },
                    Header::Copy { offset, len } => Command::Copy { offset, len },
                };
                prop_assert_eq!((decoded, used), (Ok(Some(command)), len));
            }
            Err(DeltaErrorKind::InputEnded) => prop_assert_eq!((decoded, used), (Ok(None), bytes.len())),
            Err(kind) => {
                let error = match kind {
                    DeltaErrorKind::Opcode { opcode } => CommandError::Reserved { opcode },
                    DeltaErrorKind::LiteralLen { len } => CommandError::LiteralLen { len },
                    DeltaErrorKind::CopyLen { len } => CommandError::CopyLen { len },
                    DeltaErrorKind::CopyOffset { offset } => CommandError::CopyOffset { offset },
                    _ => panic!("{kind:?} of a command"),
                };
                prop_assert_eq!(decoded, Err(error));
            }
        }
    }
}

#[test]
fn literals_of_every_width_are_encoded_as_by_the_reference() {
    for len in [1, 2, 63, 64, 65, 255, 256, 257, 65_535, 65_536, 65_537, 200_000] {
        let mut encoded = [0; Command::MAX_ENCODED_LEN];
        let written = Command::Literal { len: len as u64 }.encode(&mut encoded);
        assert_eq!(encoded[..written], reference::Command::Literal(vec![0; len]).header());
    }
}
