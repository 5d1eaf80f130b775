using System.Threading.Tasks;

namespace Rollsync.Tests
{
    public static class ExampleTests
    {
        public static async Task AnUploadByDifference()
        {
            using (var folder = new Folder())
            {
                await Upload.Run(folder["."]);
                Check.Equal(2, folder.Count, "files");
            }
        }
    }
}
