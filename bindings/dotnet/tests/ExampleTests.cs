using System.Threading.Tasks;

namespace Rollsync.Tests
{
    public static class ExampleTests
    {
        public static async Task AnUploadByDifference()
        {
            using (var folder = new Folder())
            {
                Task upload = Upload.Run(folder["."]);
                Check.That(await Task.WhenAny(upload, Task.Delay(60000)) == upload, "it does not end");
                await upload;
                Check.Equal(2, folder.Count, "files");
            }
        }
    }
}
