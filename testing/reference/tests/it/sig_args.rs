use rollsync_reference::{
    Format, ParamError, Params, RECOMMENDED, STRONG_LEN_MAX, STRONG_LEN_MIN, SigArgsError, sig_args,
};

#[test]
fn recommended_values() {
    for advice in rollsync_vectors::sig_args::RECOMMENDED {
        let advised = sig_args(advice.fsize, RECOMMENDED, RECOMMENDED, STRONG_LEN_MIN).unwrap();
        let expected =
            Params::new(Format::RABINKARP_BLAKE2, advice.block_len as usize, advice.strong_len as usize)
                .unwrap();
        assert_eq!((advised.params, advised.warning), (expected, None), "fsize {}", advice.fsize);
    }
}

#[test]
fn the_maximum_is_the_digest() {
    for format in Format::ALL {
        let advised = sig_args(-1, format.magic(), 5, STRONG_LEN_MAX).unwrap();
        assert_eq!(advised.params, Params::new(format, 5, format.strong.max_len()).unwrap());
    }
}

#[test]
fn a_short_strong_sum_only_warns() {
    let advised = sig_args(11, RECOMMENDED, RECOMMENDED, 3).unwrap();
    assert_eq!(advised.params.strong_len(), 3);
    assert_eq!(
        advised.warning.unwrap().to_string(),
        "(rs_sig_args) strong_len=3 smaller than recommended minimum 5 for old_fsize=11 with block_len=256"
    );
    assert_eq!(sig_args(11, RECOMMENDED, RECOMMENDED, 5).unwrap().warning, None);
    assert_eq!(sig_args(-1, RECOMMENDED, RECOMMENDED, 1).unwrap().warning, None);
}

#[test]
fn what_is_refused() {
    let bad = sig_args(-1, 0x1234, RECOMMENDED, STRONG_LEN_MAX).unwrap_err();
    assert_eq!((bad.code(), bad.to_string().as_str()), (104, "(rs_sig_args) invalid magic 0x1234"));
    assert_eq!(sig_args(-1, 0x7273_0236, 0, 0).unwrap_err(), SigArgsError::BadMagic { magic: 0x7273_0236 });
    let long = sig_args(1000, RECOMMENDED, RECOMMENDED, 33).unwrap_err();
    assert_eq!(
        (long.code(), long.to_string().as_str()),
        (108, "(rs_sig_args) invalid strong_len=33 for magic=0x72730147")
    );
    assert_eq!(sig_args(-1, 0x7273_0136, RECOMMENDED, 17).unwrap_err().code(), 108);
    assert_eq!(sig_args(-1, RECOMMENDED, RECOMMENDED, u64::MAX - 1).unwrap_err().code(), 108);
    let block = sig_args(-1, RECOMMENDED, 0x8000_0000, STRONG_LEN_MAX).unwrap_err();
    assert_eq!((block, block.code()), (SigArgsError::Range(ParamError::BlockLen), 108));
    // The recommended block of the largest file is too long.
    assert_eq!(
        sig_args(i64::MAX, RECOMMENDED, RECOMMENDED, 0),
        Err(SigArgsError::Range(ParamError::BlockLen))
    );
    // 2 + (62 + 62 + 7) / 8 bytes are recommended, more than MD4 has.
    assert_eq!(
        sig_args(i64::MAX - (1 << 24), 0x7273_0136, 1, STRONG_LEN_MIN),
        Err(SigArgsError::Range(ParamError::StrongLen))
    );
}
