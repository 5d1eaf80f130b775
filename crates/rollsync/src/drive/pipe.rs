//! A pipe between the basis' file and the output's, through which the system passes whole pages by reference.

use std::{fs::File, io};

#[cfg(target_os = "linux")]
pub(super) use linux::Pipe;

/// None is had here.
#[cfg(not(target_os = "linux"))]
#[derive(Debug)]
pub(super) enum Pipe {}

#[cfg(not(target_os = "linux"))]
impl Pipe {
    pub(super) fn open() -> io::Result<Self> {
        Err(io::ErrorKind::Unsupported.into())
    }

    pub(super) const fn held(&self) -> usize {
        match *self {}
    }

    pub(super) fn take(&mut self, _: &File, _: u64, _: usize) -> io::Result<usize> {
        match *self {}
    }

    pub(super) fn put(&mut self, _: &[u8]) -> io::Result<usize> {
        match *self {}
    }

    pub(super) fn drain(&mut self, _: &File, _: usize) -> io::Result<usize> {
        match *self {}
    }
}

#[cfg(target_os = "linux")]
mod linux {
    use super::{File, io};
    use rustix::pipe::{PipeFlags, SpliceFlags, fcntl_setpipe_size, pipe_with, splice};
    use std::io::{Read, Write};

    /// What anybody may have, where the system is not set up otherwise.
    const LEN: usize = 1 << 20;

    #[derive(Debug)]
    pub(in crate::drive) struct Pipe {
        reader: File,
        writer: File,
        held: usize,
        /// Bytes that were taken out by reading, since the output's file takes none from a pipe.
        read: Vec<u8>,
        refuses: bool,
    }

    impl Pipe {
        pub(in crate::drive) fn open() -> io::Result<Self> {
            let (reader, writer) = pipe_with(PipeFlags::CLOEXEC | PipeFlags::NONBLOCK)?;
            fcntl_setpipe_size(&writer, LEN)?;
            let (reader, writer) = (File::from(reader), File::from(writer));
            Ok(Self { reader, writer, held: 0, read: Vec::new(), refuses: false })
        }

        /// How many bytes are on the way.
        pub(in crate::drive) const fn held(&self) -> usize {
            self.held
        }

        /// Takes bytes of a file in; how many, 0 at its end. An error when it is full or the file gives none to a pipe.
        pub(in crate::drive) fn take(
            &mut self,
            from: &File,
            mut offset: u64,
            len: usize,
        ) -> io::Result<usize> {
            if self.refuses {
                return Err(io::ErrorKind::Unsupported.into());
            }
            let len = splice(from, Some(&mut offset), &self.writer, None, len, SpliceFlags::NONBLOCK)?;
            self.held += len;
            Ok(len)
        }

        /// Takes bytes of ours in, likewise.
        pub(in crate::drive) fn put(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let len = self.writer.write(bytes)?;
            self.held += len;
            Ok(len)
        }

        /// Lets up to `most` bytes go to the output's position; how many went, at least 1.
        pub(in crate::drive) fn drain(&mut self, mut to: &File, most: usize) -> io::Result<usize> {
            if !self.refuses {
                match splice(&self.reader, None, to, None, most.min(self.held), SpliceFlags::empty()) {
                    Ok(len @ 1..) => {
                        self.held -= len;
                        return Ok(len);
                    }
                    Err(rustix::io::Errno::INTR) => return Err(io::ErrorKind::Interrupted.into()),
                    // Appended to, full, or too old: writing says it.
                    Ok(0) | Err(_) => self.refuses = true,
                }
            }
            if self.read.is_empty() {
                self.read.resize(self.held.min(64 << 10), 0);
                let read = self.reader.read(&mut self.read);
                self.read.truncate(*read.as_ref().unwrap_or(&0));
                read?;
            }
            match to.write(&self.read)? {
                0 => Err(io::ErrorKind::WriteZero.into()),
                len => {
                    self.read.drain(..len);
                    self.held -= len;
                    Ok(len)
                }
            }
        }
    }
}
