using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Threading.Tasks;
using Rollsync;

/// <summary>
/// Uploads a file by difference over HTTP.
///
/// GET /file asks for the signature of what the server has; the ETag says which version that is. PATCH /file sends the delta,
/// with If-Match: the server applies it to that version or not at all, and the file changes all at once, when the result has
/// the digest that the client announced. The answer is the digest of what is there now.
///
/// Neither side trusts the other's lengths: the server takes no longer request than it likes and makes no larger file, whatever
/// a delta asks for; the client takes no more records, and no more memory for them, than it likes.
/// </summary>
public static class Upload
{
    /// <summary>The longest file that the server takes in, in bytes.</summary>
    private const long FileMax = 1L << 30;

    /// <summary>The longest body of a request: literals, and as much again as they are for short copies.</summary>
    private const long RequestMax = 2 * FileMax;

    /// <summary>What the client takes of a server's signature, and the memory to search it.</summary>
    private static readonly Limits OfSignature = new Limits { Records = 1 << 20, Memory = 256 << 20 };

    /// <summary>What the server makes of a client's delta.</summary>
    private static readonly Limits OfDelta = new Limits { Output = FileMax };

    public static int Main()
    {
        string folder = Path.Combine(Path.GetTempPath(), "upload-" + Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        try
        {
            Run(folder).GetAwaiter().GetResult();
            return 0;
        }
        finally
        {
            Directory.Delete(folder, true);
        }
    }

    /// <summary>Server and client in one process, with files in a folder.</summary>
    public static async Task Run(string folder)
    {
        string theirs = Path.Combine(folder, "theirs");
        string ours = Path.Combine(folder, "ours");
        byte[] old = Enumerable.Range(0, 2000000).Select(i => (byte)((long)i * i / 1009)).ToArray();
        byte[] edited = Encoding.ASCII.GetBytes("edited here");
        byte[] longer = Encoding.ASCII.GetBytes("and longer");
        byte[] changed = old.Take(700000).Concat(edited).Concat(old.Skip(700100)).Concat(longer).ToArray();
        File.WriteAllBytes(theirs, old);
        File.WriteAllBytes(ours, changed);

        using (HttpListener listener = Listen(out Uri address))
        using (var client = new HttpClient { BaseAddress = address })
        {
            Task server = Serve(listener, theirs, 8);
            long came = 0;
            long went = 0;
            await Send(client, ours, (signature, delta) =>
            {
                came = signature;
                went = delta;
            });
            Require(File.ReadAllBytes(theirs).SequenceEqual(changed), "the server has the new file");
            Console.WriteLine(
                "{0} bytes to upload: {1} bytes of signature came, {2} bytes of delta went", changed.Length, came, went);
            Require(came + went < changed.Length / 10, "that is less");

            // A delta for a version that is no longer there, one that does not arrive whole, one with another result, and one
            // that asks for an enormous file.
            byte[] hello = { 0x72, 0x73, 2, 0x36, 5, 104, 101, 108, 108, 111, 0 };
            byte[] broken = { 0x72, 0x73, 2, 0x36, 0x45, 0 };
            byte[] huge = { 0x72, 0x73, 2, 0x36, 0x48, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0 };
            await Refused(client, old, changed, hello, HttpStatusCode.PreconditionFailed);
            await Refused(client, changed, changed, broken, (HttpStatusCode)422);
            await Refused(client, changed, old, hello, (HttpStatusCode)422);
            await Refused(client, changed, changed, huge, (HttpStatusCode)422);
            // The connection of one breaks off.
            BreakOff(address, Tag(Digest(changed)));
            Require(File.ReadAllBytes(theirs).SequenceEqual(changed), "none of them changed the file");
            (await client.GetAsync("file")).EnsureSuccessStatusCode().Dispose();
            await server;
        }
    }

    /// <summary>The client: sends what the server's file lacks.</summary>
    private static async Task Send(HttpClient client, string path, Action<long, long> tell)
    {
        var options = new Options { Limits = OfSignature };
        // The body is read as far as the limits go, and not before.
        using (HttpResponseMessage answer = await client.GetAsync("file", HttpCompletionOption.ResponseHeadersRead))
        using (Stream sums = await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync())
        using (Signature signature = await Signature.LoadAsync(sums, options))
        using (FileStream file = File.OpenRead(path))
        using (var delta = new MemoryStream())
        {
            Require(answer.Headers.ETag != null, "the answer says which version it is of");
            await Engine.DeltaAsync(signature, file, delta, options);
            string expected = Digest(path);
            using (HttpResponseMessage patched = await Patch(client, answer.Headers.ETag.Tag, expected, delta.ToArray()))
            {
                string found = await patched.Content.ReadAsStringAsync();
                Require(patched.IsSuccessStatusCode && found == expected, patched.StatusCode + ": " + found);
            }
            tell(answer.Content.Headers.ContentLength ?? 0, delta.Length);
        }
    }

    private static async Task Refused(
        HttpClient client, byte[] version, byte[] result, byte[] delta, HttpStatusCode expected)
    {
        using (HttpResponseMessage answer = await Patch(client, Tag(Digest(version)), Digest(result), delta))
        {
            Console.WriteLine("{0}: {1}", (int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
            Require(answer.StatusCode == expected, "refused with " + (int)expected);
        }
    }

    /// <summary>Begins a request, and is gone when the server takes it.</summary>
    private static void BreakOff(Uri address, string tag)
    {
        using (var connection = new TcpClient(address.Host, address.Port) { ReceiveTimeout = 10000 })
        {
            string[] head =
            {
                "PATCH /file HTTP/1.1", "Host: " + address.Authority, "Content-Length: 1000", "If-Match: " + tag,
                "Expect: 100-continue", "", "",
            };
            byte[] request = Encoding.ASCII.GetBytes(string.Join("\r\n", head));
            connection.GetStream().Write(request, 0, request.Length);
            Require(connection.GetStream().ReadByte() == 'H', "the server says to go on");
            connection.LingerState = new LingerOption(true, 0);
        }
    }

    private static Task<HttpResponseMessage> Patch(HttpClient client, string tag, string digest, byte[] delta)
    {
        var request = new HttpRequestMessage(new HttpMethod("PATCH"), "file") { Content = new ByteArrayContent(delta) };
        request.Headers.TryAddWithoutValidation("If-Match", tag);
        request.Headers.Add("X-Sha256", digest);
        return client.SendAsync(request);
    }

    /// <summary>The server: answers so many requests.</summary>
    private static async Task Serve(HttpListener listener, string path, int requests)
    {
        for (int i = 0; i < requests; i++)
        {
            HttpListenerContext context = await listener.GetContextAsync();
            try
            {
                await Answer(context.Request, context.Response, path);
                context.Response.Close();
            }
            catch (Exception e)
            {
                // A client that has gone away, or a file that cannot be read, is the end of this request only.
                Console.WriteLine("a request has failed: {0}", e.Message);
                context.Response.Abort();
            }
        }
    }

    private static async Task Answer(HttpListenerRequest request, HttpListenerResponse response, string path)
    {
        string version = Digest(path);
        if (request.HttpMethod == "GET")
        {
            using (FileStream file = File.OpenRead(path))
            using (var sums = new MemoryStream())
            {
                await Engine.SignatureAsync(file, sums);
                response.AddHeader("ETag", Tag(version));
                await Say(response, 200, sums.ToArray());
            }
        }
        else if (request.HttpMethod != "PATCH")
        {
            await Say(response, 405, "GET or PATCH");
        }
        else if (!request.HasEntityBody || request.ContentLength64 < 0 || request.ContentLength64 > RequestMax)
        {
            await Say(response, 413, "longer than is taken here, or of no known length");
        }
        else if (request.Headers["If-Match"] != Tag(version))
        {
            await Say(response, 412, "another version is here by now: ask for its signature");
        }
        else
        {
            await Apply(request, response, path);
        }
    }

    private static async Task Apply(HttpListenerRequest request, HttpListenerResponse response, string path)
    {
        using (var file = new AtomicFile(path))
        {
            try
            {
                using (FileStream basis = File.OpenRead(path))
                {
                    await Engine.PatchAsync(basis, request.InputStream, file.Stream, new Options { Limits = OfDelta });
                }
            }
            catch (RollsyncException e)
            {
                await Say(response, 422, e.Kind + ": " + e.Message);
                return;
            }
            file.Stream.Position = 0;
            string digest = Digest(file.Stream);
            if (digest != request.Headers["X-Sha256"])
            {
                await Say(response, 422, "the result has another digest");
                return;
            }
            file.Commit();
            await Say(response, 200, digest);
        }
    }

    private static Task Say(HttpListenerResponse response, int status, string text)
    {
        return Say(response, status, Encoding.UTF8.GetBytes(text));
    }

    private static Task Say(HttpListenerResponse response, int status, byte[] body)
    {
        response.StatusCode = status;
        response.ContentLength64 = body.Length;
        return response.OutputStream.WriteAsync(body, 0, body.Length);
    }

    /// <summary>On a port of the loopback interface that nobody has.</summary>
    private static HttpListener Listen(out Uri address)
    {
        var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        int port = ((IPEndPoint)probe.LocalEndpoint).Port;
        probe.Stop();
        address = new Uri("http://127.0.0.1:" + port + "/");
        var listener = new HttpListener();
        listener.Prefixes.Add(address.ToString());
        listener.Start();
        return listener;
    }

    /// <summary>Names a version of the file.</summary>
    private static string Tag(string digest)
    {
        return "\"" + digest + "\"";
    }

    private static string Digest(string path)
    {
        using (FileStream file = File.OpenRead(path))
        {
            return Digest(file);
        }
    }

    private static string Digest(byte[] bytes)
    {
        return Digest(new MemoryStream(bytes));
    }

    private static string Digest(Stream stream)
    {
        using (SHA256 sha256 = SHA256.Create())
        {
            return string.Concat(sha256.ComputeHash(stream).Select(b => b.ToString("x2")));
        }
    }

    private static void Require(bool holds, string what)
    {
        if (!holds)
        {
            throw new InvalidOperationException("not so: " + what);
        }
    }
}
