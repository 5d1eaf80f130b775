//! A turn of the loop, where it may have to wait.
//!
//! A drive that is asked again answers the same, or is further: so a turn that has to wait is simply begun anew.

use super::AsyncBasis;
use crate::{
    Action, Drive, Error, Side,
    drive::{Turn, failed},
};
use rollsync_core::Job;
use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// How many turns are made without waiting before others have theirs.
const TURNS: usize = 16;

/// Turns until `end` makes a result of one.
pub(super) fn poll_until<T>(
    cx: &mut Context<'_>,
    mut turn: impl FnMut(&mut Context<'_>) -> Poll<Result<Turn, Error>>,
    mut end: impl FnMut(Turn) -> Option<T>,
) -> Poll<Result<T, Error>> {
    for _ in 0..TURNS {
        let turn = ready!(turn(cx))?;
        if let Some(result) = end(turn) {
            return Poll::Ready(Ok(result));
        }
        if turn == Turn::Busy {
            break;
        }
    }
    cx.waker().wake_by_ref();
    Poll::Pending
}

/// Asks for one action and does it. While the input lets it wait, what has been produced goes out.
pub(super) fn poll<J: Job>(
    drive: &mut Drive<J>,
    cx: &mut Context<'_>,
    input: &mut (impl AsyncRead + Unpin),
    basis: &mut (impl AsyncBasis + ?Sized),
    output: &mut (impl AsyncWrite + Unpin),
) -> Poll<Result<Turn, Error>> {
    match drive.next()? {
        Action::Read(place) => {
            let mut place = ReadBuf::new(place);
            match Pin::new(input).poll_read(cx, &mut place) {
                Poll::Ready(read) => {
                    let len = place.filled().len();
                    read.map_err(|source| failed(Side::Read, drive.stats().bytes_in, source))?;
                    drive.was_read(len);
                    return Poll::Ready(Ok(Turn::Read(len)));
                }
                Poll::Pending => drive.flush(),
            }
        }
        Action::Busy => return Poll::Ready(Ok(Turn::Busy)),
        Action::ReadBasis { .. } | Action::Write(_) | Action::Done => {}
    }
    match ready!(poll_without_input(drive, cx, basis, output))? {
        Turn::Starved => Poll::Pending,
        turn => Poll::Ready(Ok(turn)),
    }
}

/// The same, but an action that takes input is not done.
pub(super) fn poll_without_input<J: Job>(
    drive: &mut Drive<J>,
    cx: &mut Context<'_>,
    basis: &mut (impl AsyncBasis + ?Sized),
    output: &mut (impl AsyncWrite + Unpin),
) -> Poll<Result<Turn, Error>> {
    Poll::Ready(match drive.next()? {
        Action::Read(_) => Ok(Turn::Starved),
        Action::ReadBasis { offset, place } => {
            let read = ready!(basis.poll_read_at(cx, offset, place));
            drive.basis_was_read(read.map_err(|source| failed(Side::Basis, offset, source))?);
            Ok(Turn::ReadBasis)
        }
        Action::Write(bytes) => {
            let written = match ready!(Pin::new(output).poll_write(cx, bytes)) {
                Ok(0) => Err(io::ErrorKind::WriteZero.into()),
                written => written,
            };
            let len = written.map_err(|source| failed(Side::Write, drive.stats().bytes_out, source))?;
            drive.was_written(len);
            Ok(Turn::Written(len))
        }
        Action::Busy => Ok(Turn::Busy),
        Action::Done => Ok(Turn::Done),
    })
}
