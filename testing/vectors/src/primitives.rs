//! Published values of the primitives: weak sums, key mixing, strong sums.

/// The first `n` bytes of the test pattern G: byte i is `(7*i + 13*(i >> 8) + 3) mod 256`.
pub fn g(n: usize) -> Vec<u8> {
    (0..n).map(|i| (7 * i + 13 * (i >> 8) + 3).to_le_bytes()[0]).collect()
}

/// Bytes that a table hashes.
#[derive(Clone, Copy, Debug)]
pub enum Message {
    /// These bytes.
    Text(&'static [u8]),
    /// That many bytes of the pattern [`g`].
    Pattern(usize),
}

impl Message {
    /// The bytes.
    pub fn bytes(self) -> Vec<u8> {
        match self {
            Message::Text(bytes) => bytes.to_vec(),
            Message::Pattern(n) => g(n),
        }
    }
}

/// All sums of one message.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    /// What is summed.
    pub message: Message,
    /// Its rollsum digest.
    pub rollsum: u32,
    /// That digest mixed into an index key.
    pub mixed: u32,
    /// Its `RabinKarp` digest.
    pub rabinkarp: u32,
    /// Its MD4, 32 hex digits.
    pub md4: &'static str,
    /// Its BLAKE2b with digest length 32, 64 hex digits.
    pub blake2b: &'static str,
}

/// A step that changes the state of a weak sum.
#[derive(Clone, Copy, Debug)]
pub enum WeakStep {
    /// Append bytes at once.
    Update(Message),
    /// Append one byte.
    RollIn(u8),
    /// Drop the oldest byte, which is the first, and append the second.
    Rotate(u8, u8),
    /// Drop the oldest byte, which is this one.
    RollOut(u8),
}

/// The state of both weak sums after a step.
#[derive(Clone, Copy, Debug)]
pub struct WeakState {
    /// The step that led here from the state before.
    pub step: WeakStep,
    /// Bytes in the window.
    pub len: usize,
    /// Digest of the rollsum.
    pub rollsum: u32,
    /// Digest of the `RabinKarp` sum.
    pub rabinkarp: u32,
    /// Multiplier power kept by the `RabinKarp` sum.
    pub mult: u32,
}

/// States of both weak sums, each after a step from the state before; the first starts from the empty window.
pub const WEAK_STATES: &[WeakState] = &[
    WeakState {
        step: WeakStep::Update(Message::Text(b"")),
        len: 0,
        rollsum: 0x0000_0000,
        rabinkarp: 0x0000_0001,
        mult: 0x0000_0001,
    },
    WeakState {
        step: WeakStep::Update(Message::Text(b"abcd")),
        len: 4,
        rollsum: 0x050a_0206,
        rabinkarp: 0x238b_d873,
        mult: 0xf9c0_80f1,
    },
    WeakState {
        step: WeakStep::Rotate(b'a', b'e'),
        len: 4,
        rollsum: 0x0514_020a,
        rabinkarp: 0x56e2_cfcf,
        mult: 0xf9c0_80f1,
    },
    WeakState {
        step: WeakStep::RollIn(b'f'),
        len: 5,
        rollsum: 0x07a3_028f,
        rabinkarp: 0x7d4b_6751,
        mult: 0x5120_c4d5,
    },
    WeakState {
        step: WeakStep::RollOut(b'b'),
        len: 4,
        rollsum: 0x051e_020e,
        rabinkarp: 0x8a39_c72b,
        mult: 0xf9c0_80f1,
    },
    WeakState {
        step: WeakStep::RollOut(b'c'),
        len: 3,
        rollsum: 0x0316_018c,
        rabinkarp: 0x6f7f_9ba0,
        mult: 0x858f_9bdd,
    },
    WeakState {
        step: WeakStep::Update(Message::Pattern(300)),
        len: 303,
        rollsum: 0xea6a_b8fe,
        rabinkarp: 0xdd1c_da5e,
        mult: 0xc1a2_69ed,
    },
];

/// The digests of the last of [`WEAK_STATES`] after dropping its three oldest bytes, `d`, `e` and `f`.
pub const WEAK_ROLLED_OUT: WeakState = WeakState {
    step: WeakStep::RollOut(b'f'),
    len: 300,
    rollsum: 0x1744_b772,
    rabinkarp: 0x1832_ea0f,
    mult: 0x3259_6d51,
};

/// `mix32` of some values: (value, mixed).
pub const MIX32: &[(u32, u32)] =
    &[(0, 0), (1, 0x514e_28b7), (0xffff_ffff, 0x81f1_6f39), (0x1234_5678, 0xe37c_d1bc)];

/// All sums of twelve messages.
pub const SUMS: &[Sums] = &[
    Sums {
        message: Message::Text(b""),
        rollsum: 0x0000_0000,
        mixed: 0x0000_0000,
        rabinkarp: 0x0000_0001,
        md4: "31d6cfe0d16ae931b73c59d7e0c089c0",
        blake2b: "0e5751c026e543b2e8ab2eb06099daa1d1e5df47778f7787faab45cdf12fe3a8",
    },
    Sums {
        message: Message::Text(b"\x00"),
        rollsum: 0x001f_001f,
        mixed: 0xbcce_a906,
        rabinkarp: 0x0810_4225,
        md4: "47c61a0fa8738ba77308a8a600f88e4b",
        blake2b: "03170a2e7597b7b7e3d84c05391d139a62b157e78786d8c082f29dcf4c111314",
    },
    Sums {
        message: Message::Text(b"\xff"),
        rollsum: 0x011e_011e,
        mixed: 0x38ab_043b,
        rabinkarp: 0x0810_4324,
        md4: "82c167af8e345bd055487af8d2b540c9",
        blake2b: "ac4e4076a883937282f1377ef5cacb8edd00e3c79629e43532464eb3be277367",
    },
    Sums {
        message: Message::Text(b"a"),
        rollsum: 0x0080_0080,
        mixed: 0xcec0_52c0,
        rabinkarp: 0x0810_4286,
        md4: "bde52cb31de33e46245e05fbdbd6fb24",
        blake2b: "8928aae63c84d87ea098564d1e03ad813f107add474e56aedd286349c0c03ea4",
    },
    Sums {
        message: Message::Text(b"abc"),
        rollsum: 0x0304_0183,
        mixed: 0x674f_1fb2,
        rabinkarp: 0x6629_8923,
        md4: "a448017aaf21d8525fc10ae87aa6729d",
        blake2b: "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319",
    },
    Sums {
        message: Message::Text(b"hello world"),
        rollsum: 0x21fe_05b1,
        mixed: 0xbd81_4154,
        rabinkarp: 0xab36_3389,
        md4: "aa010fbc1d14c795d86ef98c95479d17",
        blake2b: "256c83b297114d201b30179f3f0ef0cace9783622da5974326b436178aeef610",
    },
    Sums {
        message: Message::Text(&[0; 16]),
        rollsum: 0x1078_01f0,
        mixed: 0x0ad2_c973,
        rabinkarp: 0x0bb4_09c1,
        md4: "487c3f5e2b0d6a79324ecdbe9c15166f",
        blake2b: "94c1c088cc9453996779630ad3af45cbd92814828dd784cf2aa12df95d1b8afe",
    },
    Sums {
        message: Message::Pattern(256),
        rollsum: 0xcc80_9e80,
        mixed: 0x5c51_688b,
        rabinkarp: 0x9e7c_a581,
        md4: "0769b82d06b9d26922c3730a7bc81204",
        blake2b: "d93ebb9c802f5630ab22516fd82b6c21bc8bd551d531349b715f046ed11ed871",
    },
    Sums {
        message: Message::Pattern(1000),
        rollsum: 0xc1d0_695c,
        mixed: 0x2548_df97,
        rabinkarp: 0xb67c_3445,
        md4: "2086740b86d65879f5d98e84c08d13a0",
        blake2b: "3f804cb8429052410d5630c5f2b40f22a6df2e8d9eef8c923bff58fab2c028e2",
    },
    Sums {
        message: Message::Pattern(2048),
        rollsum: 0xca00_f400,
        mixed: 0xdc40_59fb,
        rabinkarp: 0x108a_e401,
        md4: "906e95a618a61db5a291b6bc6a2f56b5",
        blake2b: "21540aa41bb8385227309940e5d3e4ef26a85f4c5ec9228f13e4861d68209480",
    },
    Sums {
        message: Message::Pattern(65_536),
        rollsum: 0x4000_8000,
        mixed: 0xae79_a293,
        rabinkarp: 0x6094_8001,
        md4: "fb3f8e8f8f831d909f42146a082c957a",
        blake2b: "fd991afbe8b9231460d4f75e529b0ff740b88703368b5e875af9a2f8e9ed7c32",
    },
    Sums {
        message: Message::Pattern(70_000),
        rollsum: 0xdff0_4d08,
        mixed: 0x7e2b_25eb,
        rabinkarp: 0xc0cd_9b39,
        md4: "d065520ca753b2c884497b7a8ac27ae7",
        blake2b: "12903201452cfbb084e02b8ac056fe6687f8975b50eaab58ef71f9689a578823",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pattern_is_its_formula() {
        assert_eq!(g(4), [3, 10, 17, 24]);
        assert_eq!((g(257)[255], g(257)[256]), (252, 16));
        assert_eq!(g(70_000).len(), 70_000);
    }

    #[test]
    fn the_tables_are_whole() {
        assert_eq!(SUMS.len(), 12);
        assert!(SUMS.iter().all(|s| s.md4.len() == 32 && s.blake2b.len() == 64));
        assert_eq!(WEAK_STATES.last().map(|s| s.len), Some(303));
    }
}
