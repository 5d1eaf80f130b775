using System;
using System.IO;

namespace Rollsync
{
    /// <summary>A file that appears under its name when <see cref="Commit"/> says so, whole, in place of the one that may be
    /// there; until then it is a temporary beside it, which <see cref="Dispose"/> removes. On Linux it has the permissions of
    /// the one that was there.</summary>
    public sealed class AtomicFile : IDisposable
    {
        private readonly string path;
        private readonly string temporary;
        private readonly FileStream stream;
        private bool isOver;

        /// <summary>A file that is to appear at <paramref name="path"/>.</summary>
        public AtomicFile(string path)
        {
            this.path = Path.GetFullPath(path);
            string folder = Path.GetDirectoryName(this.path);
            if (folder == null)
            {
                throw new ArgumentException("a folder is no file", nameof(path));
            }
            string name = "." + Path.GetFileName(this.path) + "." + Guid.NewGuid().ToString("N") + ".tmp";
            temporary = Path.Combine(folder, name);
            stream = new FileStream(temporary, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read, 64 * 1024);
            try
            {
                // Before anything is in it.
                PosixMode.Copy(this.path, temporary);
            }
            catch (IOException)
            {
                Dispose();
                throw;
            }
        }

        /// <summary>What is written to it.</summary>
        public Stream Stream
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
            if (!isOver)
            {
                isOver = true;
                stream.Dispose();
                File.Delete(temporary);
            }
        }
    }
}
