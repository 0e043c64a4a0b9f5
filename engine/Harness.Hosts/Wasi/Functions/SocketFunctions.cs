namespace Harness.Hosts.Wasi.Functions;

/// <summary>Sockets: <c>sock_*</c>. No descriptor of a program is one, since nothing in this snapshot makes sockets and none are given to it.</summary>
internal static class SocketFunctions
{
    public static void Add(WasiFunctionTable table, DescriptorTable descriptors)
    {
        table.Add("sock_accept", "iii", (_, a) => Refuse(descriptors, a[0]));
        table.Add("sock_recv", "iiiiii", (_, a) => Refuse(descriptors, a[0]));
        table.Add("sock_send", "iiiii", (_, a) => Refuse(descriptors, a[0]));
        table.Add("sock_shutdown", "ii", (_, a) => Refuse(descriptors, a[0]));
    }

    private static void Refuse(DescriptorTable descriptors, ulong number)
    {
        descriptors.Get(number);
        throw new WasiErrorException(Errno.Notsock);
    }
}
