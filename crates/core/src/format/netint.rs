//! Big-endian integers of 1, 2, 4 or 8 bytes.

/// The number of a width in opcodes: 0, 1, 2, 3 for 1, 2, 4, 8 bytes. The smallest that holds `value`.
pub(super) const fn width_of(value: u64) -> u8 {
    if value < 1 << 8 {
        0
    } else if value < 1 << 16 {
        1
    } else if value < 1 << 32 {
        2
    } else {
        3
    }
}

/// How many bytes a width number stands for.
pub(super) const fn byte_count(width: u8) -> usize {
    1 << width
}

/// Writes `value` at the front of `out` in the given width; returns the bytes written.
pub(super) fn put(value: u64, width: u8, out: &mut [u8]) -> usize {
    let count = byte_count(width);
    out[..count].copy_from_slice(&value.to_be_bytes()[8 - count..]);
    count
}

/// The number that `bytes`, at most 8, hold.
pub(super) fn get(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn smallest_width_at_every_edge() {
        for (value, width) in [
            (0, 0),
            (255, 0),
            (256, 1),
            (65_535, 1),
            (65_536, 2),
            (u64::from(u32::MAX), 2),
            (1 << 32, 3),
            (u64::MAX, 3),
        ] {
            assert_eq!(width_of(value), width, "{value}");
            let mut out = [0; 8];
            let written = put(value, width, &mut out);
            assert_eq!((written, get(&out[..written])), (byte_count(width), value));
        }
    }
}
