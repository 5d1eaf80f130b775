//! Two jobs over non-blocking sockets, driven side by side by one thread and one `poll`.
//!
//! A new file comes in through one socket; a delta job turns it into a delta, which goes through a second socket to a
//! patch job, which makes the new file again and sends it through a third. Nothing ever waits but `poll`: a job that
//! cannot go on says what it waits for, and is asked again when that is there.
//!
//! `cargo run --example poll` (Unix)

#[cfg(unix)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    unix::main()
}

#[cfg(not(unix))]
fn main() {
    println!("this example takes `poll`, which this system has not");
}

#[cfg(unix)]
mod unix {
    use rollsync::{
        Action, Basis, DeltaJob, DeltaOptions, Drive, Job, NoBasis, Options, PatchJob, index_basis,
    };
    use rustix::{
        event::{PollFd, PollFlags, poll},
        io::Errno,
    };
    use std::{
        error::Error,
        io::{self, Read, Write},
        net::Shutdown,
        os::unix::net::UnixStream,
        thread,
    };

    pub(super) fn main() -> Result<(), Box<dyn Error>> {
        let old: Vec<u8> = (0..3_000_000_u64).map(|i| (i * i / 1013).to_le_bytes()[0]).collect();
        let new = [&old[1_000_000..], b"between", &old[..1_000_000]].concat();
        let index = index_basis(&old[..], Some(old.len() as u64), &mut Options::new())?;

        let (mut producer, new_in) = UnixStream::pair()?;
        let (delta_out, delta_in) = UnixStream::pair()?;
        let (new_out, mut consumer) = UnixStream::pair()?;
        let delta = DeltaJob::new(&index, DeltaOptions::default());
        let mut delta = Task::new(delta, NoBasis, new_in, delta_out)?;
        let mut patch = Task::new(PatchJob::new(), &old[..], delta_in, new_out)?;

        // Somebody sends and somebody receives: the other ends, which may block.
        let sent = new.clone();
        let sending = thread::spawn(move || producer.write_all(&sent));
        let receiving = thread::spawn(move || {
            let mut received = Vec::new();
            consumer.read_to_end(&mut received).map(|_| received)
        });
        let waits = drive(vec![&mut delta, &mut patch])?;
        sending.join().expect("it does not panic")?;
        let received = receiving.join().expect("it does not panic")?;

        assert!(received == new);
        assert!(waits > 0);
        let between = delta.drive.stats().bytes_out;
        println!("{} bytes in, {between} bytes of delta between, {} bytes out", new.len(), received.len());
        println!("one thread, two jobs, four sockets; all waiting was done in `poll`");
        Ok(())
    }

    /// Drives tasks to their ends, each as far as it can go, and waits when none can; how often it did.
    fn drive(mut tasks: Vec<&mut dyn Advance>) -> Result<usize, Box<dyn Error>> {
        let mut waits = 0;
        loop {
            let mut waiting = Vec::new();
            for task in tasks {
                // One that is done is asked no more.
                if let Some(want) = task.advance()? {
                    waiting.push((task, want));
                }
            }
            if waiting.is_empty() {
                return Ok(waits);
            }
            let mut fds: Vec<_> = waiting.iter().map(|(task, want)| task.waits_for(*want)).collect();
            match poll(&mut fds, None) {
                Ok(_) | Err(Errno::INTR) => waits += 1,
                Err(error) => return Err(error.into()),
            }
            tasks = waiting.into_iter().map(|(task, _)| task).collect();
        }
    }

    /// A job between two sockets.
    struct Task<J, B> {
        drive: Drive<J>,
        basis: B,
        input: UnixStream,
        output: UnixStream,
        done: bool,
    }

    /// What a task waits for.
    #[derive(Clone, Copy)]
    enum Want {
        Read,
        Write,
    }

    trait Advance {
        /// Goes on as far as the sockets let it, and says what it waits for; `None`, once, when it is done.
        fn advance(&mut self) -> Result<Option<Want>, Box<dyn Error>>;

        fn waits_for(&self, want: Want) -> PollFd<'_>;
    }

    impl<J: Job, B: Basis> Task<J, B> {
        fn new(job: J, basis: B, input: UnixStream, output: UnixStream) -> io::Result<Self> {
            input.set_nonblocking(true)?;
            output.set_nonblocking(true)?;
            Ok(Self { drive: Drive::new(job), basis, input, output, done: false })
        }
    }

    impl<J: Job, B: Basis> Advance for Task<J, B> {
        fn advance(&mut self) -> Result<Option<Want>, Box<dyn Error>> {
            loop {
                match self.drive.next()? {
                    Action::Read(place) => match self.input.read(place) {
                        Ok(len) => self.drive.was_read(len),
                        // Not answered: the drive will ask again.
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                            return Ok(Some(Want::Read));
                        }
                        Err(error) => return Err(error.into()),
                    },
                    Action::Write(bytes) => match self.output.write(bytes) {
                        Ok(len) => self.drive.was_written(len),
                        Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                            return Ok(Some(Want::Write));
                        }
                        Err(error) => return Err(error.into()),
                    },
                    Action::ReadBasis { offset, place } => {
                        let len = self.basis.read_at(offset, place)?;
                        self.drive.basis_was_read(len);
                    }
                    // Nobody else waits long here.
                    Action::Busy => {}
                    Action::Done => {
                        assert!(!self.done, "nobody asks again");
                        self.done = true;
                        self.output.shutdown(Shutdown::Write)?;
                        return Ok(None);
                    }
                }
            }
        }

        fn waits_for(&self, want: Want) -> PollFd<'_> {
            match want {
                Want::Read => PollFd::new(&self.input, PollFlags::IN),
                Want::Write => PollFd::new(&self.output, PollFlags::OUT),
            }
        }
    }
}
