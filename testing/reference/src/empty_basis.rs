/// How the literals of a delta are cut when the signature has no records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmptyBasis {
    /// Literals of this many bytes, then the remainder; 0 counts as 1. With the input buffer's length this is what
    /// librsync up to 2.3.2 does.
    Cut(usize),
    /// The loop of librsync 2.3.3 and later over buffers of these lengths in bytes; 0 counts as 1.
    Buffers {
        /// The input buffer.
        input: usize,
        /// The output buffer.
        output: usize,
    },
}

/// Lengths in bytes of the literals that carry `len` bytes of new data against an empty basis.
pub fn literal_lens(len: usize, rule: EmptyBasis) -> Vec<usize> {
    match rule {
        EmptyBasis::Cut(max) => cut(len, max.max(1)),
        EmptyBasis::Buffers { input, output } => through_buffers(len, input.max(1), output.max(1)),
    }
}

fn cut(len: usize, max: usize) -> Vec<usize> {
    let mut lens = vec![max; len / max];
    if !len.is_multiple_of(max) {
        lens.push(len % max);
    }
    lens
}

fn through_buffers(len: usize, input: usize, output: usize) -> Vec<usize> {
    let mut unread = len;
    let (mut buffered, mut eof) = (0, false);
    // The first pass has no room for output.
    let mut room = 0;
    let (mut started, mut queued, mut copy_left) = (false, 0, 0);
    let mut lens = Vec::new();
    loop {
        if !eof && buffered <= input / 2 {
            let read = unread.min(input - buffered);
            unread -= read;
            buffered += read;
            eof = read == 0;
        }
        loop {
            let moved = queued.min(room);
            queued -= moved;
            room -= moved;
            if queued > 0 {
                break;
            }
            let moved = copy_left.min(buffered).min(room);
            copy_left -= moved;
            buffered -= moved;
            room -= moved;
            if copy_left > 0 {
                break;
            }
            if !started {
                started = true;
                queued = 4;
            } else if buffered > 0 {
                lens.push(buffered);
                queued = literal_header_len(buffered);
                copy_left = buffered;
            } else if eof {
                // Only END is left, which no literal depends on.
                return lens;
            } else {
                break;
            }
        }
        room = output;
    }
}

fn literal_header_len(len: usize) -> usize {
    match len {
        0..=64 => 1,
        65..=255 => 2,
        256..=65_535 => 3,
        _ => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cut_leaves_a_remainder() {
        assert_eq!(literal_lens(0, EmptyBasis::Cut(5)), []);
        assert_eq!(literal_lens(10, EmptyBasis::Cut(5)), [5, 5]);
        assert_eq!(literal_lens(11, EmptyBasis::Cut(5)), [5, 5, 1]);
        assert_eq!(literal_lens(2, EmptyBasis::Cut(0)), [1, 1]);
    }

    #[test]
    fn buffers_carry_every_byte() {
        for (len, input, output) in
            [(0, 7, 7), (1, 1, 1), (450, 100, 262_144), (450, 100, 1), (999, 64, 3), (5, 9, 2)]
        {
            let lens = literal_lens(len, EmptyBasis::Buffers { input, output });
            assert_eq!(lens.iter().sum::<usize>(), len);
            assert!(lens.iter().all(|&n| 0 < n && n <= input), "{lens:?}");
        }
    }
}
