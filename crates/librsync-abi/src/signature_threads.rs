//! A signature on several threads, whose streams are read and written on the calling thread alone.

use crate::signal_mask::SignalMask;
use rollsync::{
    Error, Limits, Options, Side, SignatureParams, Stats, StrongLenChoice, Threads, signature as sign,
};
use std::io::{self, Read, Write};
use std::mem;
use std::num::NonZeroUsize;
use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::{self, Builder};

/// So many bytes change hands at once.
const PART: usize = 1 << 20;

/// How a signature is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) params: SignatureParams,
    pub(crate) limits: Limits,
    pub(crate) sealed: bool,
    pub(crate) threads: usize,
    pub(crate) basis_len: Option<u64>,
}

/// Makes the signature of `basis`; what was counted, and how it ended. `None` when no thread can be started: then nothing
/// was read.
///
/// The engine's own parallel road reads where its workers are. So it runs on a thread of its own here, and this one fetches
/// and carries.
pub(crate) fn run(
    plan: Plan,
    mut basis: impl Read,
    mut output: impl Write,
) -> Option<(Stats, Result<(), Error>)> {
    let (to_engine, parts) = sync_channel(plan.threads);
    let (give_back, spare) = channel();
    let (made, from_engine) = channel();
    thread::scope(|scope| {
        // Threads begin with the mask of the one that starts them.
        let mask = SignalMask::block_all();
        let engine = move || {
            let basis = Parts { parts, give_back, now: Vec::new(), taken: 0 };
            sign(basis, plan.basis_len, Made(made), &mut plan.options())
        };
        let engine = Builder::new().spawn_scoped(scope, engine).ok()?;
        drop(mask);
        let mut carrier = Carrier { basis: &mut basis, output: &mut output, counted: Stats::default() };
        let carried = carrier.carry(to_engine, &spare, &from_engine);
        let result = engine.join().unwrap_or_else(|panic| resume_unwind(panic));
        Some(match (carried, result) {
            (Ok(()), Ok(stats)) => (stats, Ok(())),
            (Ok(()), Err(error)) | (Err(error), _) => (carrier.counted(plan.params), Err(error)),
        })
    })
}

impl Plan {
    fn options(self) -> Options<'static> {
        let Self { params, limits, sealed, threads, .. } = self;
        let threads = NonZeroUsize::new(threads).unwrap_or(NonZeroUsize::MIN);
        Options::new()
            .format(params.format())
            .block_len(params.block_len())
            .strong_len(StrongLenChoice::Exactly(params.strong_len()))
            .limits(limits)
            .seal(sealed)
            .threads(Threads::Exactly(threads))
    }
}

/// The calling thread's side.
struct Carrier<R, W> {
    basis: R,
    output: W,
    counted: Stats,
}

impl<R: Read, W: Write> Carrier<R, W> {
    /// Brings the basis to the engine, and what it makes to the output, until both have ended.
    fn carry(
        &mut self,
        to_engine: SyncSender<Vec<u8>>,
        spare: &Receiver<Vec<u8>>,
        from_engine: &Receiver<Vec<u8>>,
    ) -> Result<(), Error> {
        loop {
            let mut part = spare.try_recv().unwrap_or_default();
            part.resize(PART, 0);
            let offset = self.counted.bytes_in;
            let read = self.read(&mut part);
            let len = read.map_err(|source| Error::Io { side: Side::Read, offset, source })?;
            part.truncate(len);
            // An engine that takes no more has failed, and says how when it is joined.
            if len == 0 || to_engine.send(part).is_err() {
                break;
            }
            from_engine.try_iter().try_for_each(|bytes| self.write(&bytes))?;
        }
        drop(to_engine);
        from_engine.iter().try_for_each(|bytes| self.write(&bytes))
    }

    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.basis.read(place) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                read => {
                    let len = read?;
                    self.counted.bytes_in += len as u64;
                    return Ok(len);
                }
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let offset = self.counted.bytes_out;
        self.output.write_all(bytes).map_err(|source| Error::Io { side: Side::Write, offset, source })?;
        self.counted.bytes_out += bytes.len() as u64;
        Ok(())
    }

    /// What is known of a signature that was not finished.
    fn counted(mut self, params: SignatureParams) -> Stats {
        let records = self.counted.bytes_out.saturating_sub(params.header().len() as u64);
        self.counted.blocks = records / params.record_len() as u64;
        self.counted.block_len = params.block_len().get();
        self.counted
    }
}

/// The basis, as the engine's workers read it.
struct Parts {
    parts: Receiver<Vec<u8>>,
    give_back: Sender<Vec<u8>>,
    now: Vec<u8>,
    taken: usize,
}

impl Read for Parts {
    fn read(&mut self, place: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.now.len() {
            let Ok(next) = self.parts.recv() else { return Ok(0) };
            // Memory that nobody waits for any more is freed.
            let _ = self.give_back.send(mem::replace(&mut self.now, next));
            self.taken = 0;
        }
        let rest = &self.now[self.taken..];
        let len = rest.len().min(place.len());
        place[..len].copy_from_slice(&rest[..len]);
        self.taken += len;
        Ok(len)
    }
}

/// The signature, as the engine writes it.
struct Made(Sender<Vec<u8>>);

impl Write for Made {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        // Nobody there: the calling thread has failed, and knows how.
        self.0.send(bytes.to_vec()).map_err(|_| io::ErrorKind::BrokenPipe)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
