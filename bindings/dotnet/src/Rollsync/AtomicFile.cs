using System;
using System.IO;

namespace Rollsync
{
    /// <summary>A file that appears under its name when <see cref="Commit"/> says so, whole, in place of the one that may be
    /// there; until then it is a temporary beside it (.rollsync-*.tmp), which <see cref="Dispose"/> removes. On Linux it then has
    /// the permissions of the one that was there, but for set-uid and its like; a symbolic link is followed, and what it leads to
    /// replaced.</summary>
    public sealed class AtomicFile : IDisposable
    {
        private readonly string path;
        private readonly string temporary;
        private readonly FileStream stream;
        private readonly int? mode;
        private bool isOver;

        /// <summary>A file that is to appear at <paramref name="path"/>.</summary>
        /// <exception cref="IOException">What is there is no regular file.</exception>
        /// <exception cref="UnauthorizedAccessException">The file that is there may not be written.</exception>
        public AtomicFile(string path)
        {
            this.path = Path.GetFullPath(path);
            if (Path.GetFileName(this.path).Length == 0)
            {
                throw new ArgumentException("a folder is no file", nameof(path));
            }
            this.path = PosixFile.Follow(this.path);
            mode = PosixFile.ModeOf(this.path);
            if (mode != null && !PosixFile.IsRegular(mode.Value))
            {
                throw new IOException(path + " is no regular file, and is not replaced");
            }
            if (mode != null && !PosixFile.IsWritable(this.path))
            {
                throw new UnauthorizedAccessException(path + " may not be written");
            }
            string name = ".rollsync-" + Guid.NewGuid().ToString("N") + ".tmp";
            temporary = Path.Combine(Path.GetDirectoryName(this.path), name);
            if (mode != null)
            {
                // What is to be in it may be as secret as what is there.
                PosixFile.CreatePrivate(temporary);
            }
            try
            {
                FileMode how = mode == null ? FileMode.CreateNew : FileMode.Open;
                stream = new FileStream(temporary, how, FileAccess.ReadWrite, FileShare.Read, 64 * 1024);
            }
            catch (IOException) when (mode != null)
            {
                File.Delete(temporary);
                throw;
            }
        }

        /// <summary>What is written to it.</summary>
        public Stream Stream
        {
            get { return stream; }
        }

        internal FileStream Opened
        {
            get { return stream; }
        }

        /// <summary>Gives the file its name. It is on the disk before that.</summary>
        public void Commit()
        {
            if (isOver)
            {
                throw new InvalidOperationException("the file is committed or disposed");
            }
            stream.Flush(true);
            if (mode != null)
            {
                PosixFile.SetMode(temporary, mode.Value);
            }
            stream.Dispose();
            if (File.Exists(path))
            {
                File.Replace(temporary, path, null);
            }
            else
            {
                File.Move(temporary, path);
            }
            isOver = true;
        }

        /// <summary>Removes what was not committed.</summary>
        public void Dispose()
        {
            if (isOver)
            {
                return;
            }
            isOver = true;
            try
            {
                stream.Dispose();
            }
            catch (IOException)
            {
                // What cannot be written any more is thrown away; what went wrong first is the caller's to know.
            }
            finally
            {
                File.Delete(temporary);
            }
        }
    }
}
