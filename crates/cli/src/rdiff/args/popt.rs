//! popt's way through an argument vector: options anywhere, clusters, values attached or in the next token.
//!
//! One thing of popt's is left out: a value of `!#:+` does not stand for the next operand.

use std::collections::VecDeque;
use std::ffi::{OsStr, OsString};

use super::integer::{self, IntegerError};
use super::options::{OptionId, OptionSpec, Takes};
use super::usage_error::UsageError;

/// An option as the command line gave it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Event {
    Flag(OptionId),
    Text(OptionId, Vec<u8>),
    Integer(OptionId, i32),
}

/// Where options end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ordering {
    /// At `--` only.
    Anywhere,
    /// At `--` or the first operand: popt's answer to `POSIXLY_CORRECT` and `POSIX_ME_HARDER`.
    OptionsFirst,
}

/// Hands out the options in order and keeps the operands.
#[derive(Debug)]
pub(crate) struct Scanner {
    tokens: VecDeque<OsString>,
    ordering: Ordering,
    only_operands_left: bool,
    cluster: Option<Cluster>,
    operands: Vec<OsString>,
}

/// A token such as `-fsb64`, read up to `next`.
#[derive(Debug)]
struct Cluster {
    token: OsString,
    next: usize,
}

impl Scanner {
    pub(crate) fn new(tokens: impl IntoIterator<Item = OsString>, ordering: Ordering) -> Self {
        Self {
            tokens: tokens.into_iter().collect(),
            ordering,
            only_operands_left: false,
            cluster: None,
            operands: Vec::new(),
        }
    }

    /// The next option, `None` when there is none left. After an error the scan is over.
    pub(crate) fn next(&mut self) -> Result<Option<Event>, UsageError> {
        loop {
            if let Some(cluster) = self.cluster.take() {
                return self.short_option(cluster).map(Some);
            }
            let Some(token) = self.tokens.pop_front() else { return Ok(None) };
            let bytes = token.as_encoded_bytes();
            if self.only_operands_left || bytes == b"-" || !bytes.starts_with(b"-") {
                self.only_operands_left |= self.ordering == Ordering::OptionsFirst;
                self.operands.push(token);
            } else if bytes == b"--" {
                self.only_operands_left = true;
            } else if bytes.starts_with(b"--") {
                return self.long_option(&token).map(Some);
            } else {
                self.cluster = Some(Cluster { token, next: 1 });
            }
        }
    }

    /// The operands, complete once [`next`](Self::next) has answered `None`.
    pub(crate) fn into_operands(self) -> Vec<OsString> {
        self.operands
    }

    fn long_option(&mut self, token: &OsStr) -> Result<Event, UsageError> {
        let body = &token.as_encoded_bytes()[2..];
        let (name, attached) = match body.iter().position(|byte| *byte == b'=') {
            Some(at) => (&body[..at], Some(&body[at + 1..])),
            None => (body, None),
        };
        let option = OptionSpec::by_long(name).ok_or_else(|| UsageError::unknown_option(token))?;
        match option.takes {
            Takes::Nothing if attached.is_some() => Err(UsageError::unwanted_value(token)),
            Takes::Nothing => Ok(Event::Flag(option.id)),
            Takes::Text | Takes::Integer => self.value(option, attached, token),
        }
    }

    fn short_option(&mut self, cluster: Cluster) -> Result<Event, UsageError> {
        let Cluster { token, next } = cluster;
        let bytes = token.as_encoded_bytes();
        let option = OptionSpec::by_short(bytes[next]).ok_or_else(|| UsageError::unknown_option(&token))?;
        let rest = &bytes[next + 1..];
        if option.takes == Takes::Nothing {
            if rest.starts_with(b"=") {
                return Err(UsageError::unwanted_value(&token));
            }
            if !rest.is_empty() {
                self.cluster = Some(Cluster { token, next: next + 1 });
            }
            return Ok(Event::Flag(option.id));
        }
        let attached = match rest {
            [] => None,
            [b'=', value @ ..] => Some(value),
            value => Some(value),
        };
        self.value(option, attached, &token)
    }

    /// The value of `option`: `attached`, or else the next token whatever it looks like. Complaints quote the
    /// last token taken.
    fn value(
        &mut self,
        option: &OptionSpec,
        attached: Option<&[u8]>,
        token: &OsStr,
    ) -> Result<Event, UsageError> {
        let following;
        let (value, quoted) = match attached {
            Some(value) => (value, token),
            None => {
                following = self.tokens.pop_front().ok_or_else(|| UsageError::missing_value(token))?;
                (following.as_encoded_bytes(), following.as_os_str())
            }
        };
        if option.takes == Takes::Text {
            return Ok(Event::Text(option.id, value.to_vec()));
        }
        match integer::parse(value) {
            Ok(number) => Ok(Event::Integer(option.id, number)),
            Err(IntegerError::Invalid) => Err(UsageError::invalid_number(quoted)),
            Err(IntegerError::OutOfRange) => Err(UsageError::number_out_of_range(quoted)),
        }
    }
}
