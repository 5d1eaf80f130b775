//! Drives that are fed.

use crate::narrow::Narrow;
use rollsync::{Buffers, Drive, Error, ErrorKind, Fed, PatchJob, Side};
use std::io;

const DELTA: &[u8] = b"rs\x026\x45\x06\x05\x01!\0 and what follows";

#[test]
fn pieces_of_any_length_into_room_of_any_length() {
    for piece in 1..DELTA.len() {
        for room in 1..7 {
            let mut drive = Drive::with_buffers(PatchJob::new(), Buffers { input: 3, output: 4 });
            let (mut new, mut fed) = (Vec::new(), Fed::Going);
            let mut pieces = DELTA.chunks(piece).peekable();
            while let Some(mut input) = pieces.next() {
                let last = pieces.peek().is_none();
                fed = Fed::Going;
                while fed == Fed::Going {
                    match drive.feed(&mut input, last, &mut &b"hello world"[..], &mut Narrow(&mut new, room))
                    {
                        Ok(now) => fed = now,
                        Err(Error::Io { side: Side::Write, source, .. }) => {
                            assert_eq!(source.kind(), io::ErrorKind::WouldBlock);
                        }
                        Err(error) => panic!("{error}"),
                    }
                }
            }
            assert_eq!((fed, &new[..]), (Fed::Done, &b"world!"[..]), "pieces of {piece}, room for {room}");
        }
    }
}

#[test]
fn what_is_known_comes_out_and_an_early_end_is_told() {
    let (mut drive, mut new) = (Drive::new(PatchJob::new()), Vec::new());
    let mut feed = |mut input, last| loop {
        match drive.feed(&mut input, last, &mut &b"hello world"[..], &mut new) {
            Ok(Fed::Going) => {}
            ended => return ended.map_err(|error| error.kind()),
        }
    };
    assert_eq!(feed(&DELTA[..9], false), Ok(Fed::Hungry));
    assert_eq!(feed(&[], true), Err(ErrorKind::InputEnded));
    assert_eq!(new, b"world!");
}
