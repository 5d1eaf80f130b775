use serde::Deserialize;
use serde::de::{Deserializer, Error};

/// One segment of an input: see the README for the notation.
#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Segment {
    Hex(String),
    Rep(String, usize),
    Lcg(u64, usize),
    Sub(Vec<Segment>, usize, usize),
}

/// A list of segments, built.
pub(crate) fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    build(&Vec::deserialize(from)?).map_err(D::Error::custom)
}

/// A single `hex` segment, built.
pub(crate) fn hex_bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<u8>, D::Error> {
    build(&[Segment::deserialize(from)?]).map_err(D::Error::custom)
}

/// A magic in eight hex digits.
pub(crate) fn magic<'de, D: Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    u32::from_str_radix(&String::deserialize(from)?, 16).map_err(D::Error::custom)
}

/// The bytes of a hex string.
pub(crate) fn unhex(digits: &str) -> Result<Vec<u8>, String> {
    let nibbles: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(16)).collect();
    match nibbles {
        Some(n) if n.len() % 2 == 0 => {
            n.chunks(2).map(|pair| u8::try_from(pair[0] << 4 | pair[1]).map_err(|e| e.to_string())).collect()
        }
        _ => Err(format!("not hex: {digits:?}")),
    }
}

fn build(segments: &[Segment]) -> Result<Vec<u8>, String> {
    let mut out = Vec::new();
    for segment in segments {
        match segment {
            Segment::Hex(digits) => out.extend(unhex(digits)?),
            Segment::Rep(digits, times) => out.extend(unhex(digits)?.repeat(*times)),
            Segment::Lcg(seed, len) => {
                let mut state = *seed;
                for _ in 0..*len {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    out.push((state >> 56) as u8);
                }
            }
            Segment::Sub(whole, from, to) => {
                let whole = build(whole)?;
                out.extend(whole.get(*from..*to).ok_or_else(|| format!("no bytes {from}..{to}"))?);
            }
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn built(json: &str) -> Result<Vec<u8>, String> {
        build(&serde_json::from_str::<Vec<Segment>>(json).map_err(|e| e.to_string())?)
    }

    #[test]
    fn each_kind_of_segment() {
        assert_eq!(built(r#"[]"#).unwrap(), b"");
        assert_eq!(built(r#"[{"hex":"00fF"},{"rep":["6162",2]}]"#).unwrap(), b"\x00\xffabab");
        // s = 1442695040888963407 = 0x14057b7ef767814f
        assert_eq!(built(r#"[{"lcg":[0,1]}]"#).unwrap(), [0x14]);
        let long = built(r#"[{"lcg":[9,40]}]"#).unwrap();
        assert_eq!(built(r#"[{"sub":[[{"lcg":[9,40]}],3,7]}]"#).unwrap(), long[3..7]);
    }

    #[test]
    fn what_is_not_the_notation_is_refused() {
        for bad in [r#"[{"hex":"0"}]"#, r#"[{"hex":"zz"}]"#, r#"[{"sub":[[],0,1]}]"#, r#"[{"raw":"00"}]"#] {
            assert!(built(bad).is_err(), "{bad}");
        }
    }
}
