using System.Text;

namespace Harness.Hosts.Wasi.Functions;

/// <summary>Arguments, environment and random bytes: <c>args_*</c>, <c>environ_*</c>, <c>random_get</c>.</summary>
internal static class EnvironmentFunctions
{
    public static void Add(WasiFunctionTable table, WasiOptions options)
    {
        byte[][] arguments = [.. options.Arguments.Select(Terminated)];
        var environment = new byte[options.Environment.Count][];
        for (var i = 0; i < environment.Length; i++)
        {
            environment[i] = Terminated($"{options.Environment[i].Key}={options.Environment[i].Value}");
        }

        var random = new RandomSource(options.RandomSeed);
        table.Add("args_get", "ii", (memory, a) => WriteAll(memory, arguments, a[0], a[1]));
        table.Add("args_sizes_get", "ii", (memory, a) => WriteSizes(memory, arguments, a[0], a[1]));
        table.Add("environ_get", "ii", (memory, a) => WriteAll(memory, environment, a[0], a[1]));
        table.Add("environ_sizes_get", "ii", (memory, a) => WriteSizes(memory, environment, a[0], a[1]));
        table.Add("random_get", "ii", (memory, a) => random.Fill(memory.Bytes(a[0], a[1])));
    }

    private static byte[] Terminated(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private static void WriteSizes(GuestMemory memory, byte[][] texts, ulong count, ulong size)
    {
        memory.Write(count, (uint)texts.Length);
        memory.Write(size, (uint)texts.Sum(text => text.Length));
    }

    /// <summary>Writes pointers to texts, and the texts one after the other.</summary>
    private static void WriteAll(GuestMemory memory, byte[][] texts, ulong pointers, ulong buffer)
    {
        foreach (var text in texts)
        {
            memory.Write(pointers, (uint)buffer);
            text.CopyTo(memory.Bytes(buffer, (ulong)text.Length));
            pointers += sizeof(uint);
            buffer += (ulong)text.Length;
        }
    }
}
