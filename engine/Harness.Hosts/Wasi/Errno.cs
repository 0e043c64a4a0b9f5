namespace Harness.Hosts.Wasi;

/// <summary>Error numbers of WASI (snapshot preview 1, <c>errno</c>).</summary>
internal enum Errno : ushort
{
    /// <summary>No error.</summary>
    Success = 0,

    /// <summary>Argument list too long.</summary>
    TooBig = 1,

    /// <summary>Permission denied.</summary>
    Acces = 2,

    /// <summary>Address already in use.</summary>
    Addrinuse = 3,

    /// <summary>Cannot assign requested address.</summary>
    Addrnotavail = 4,

    /// <summary>Address family not supported by protocol.</summary>
    Afnosupport = 5,

    /// <summary>Would block.</summary>
    Again = 6,

    /// <summary>Operation already in progress.</summary>
    Already = 7,

    /// <summary>Bad file descriptor, or one that is not open for this.</summary>
    Badf = 8,

    /// <summary>Bad message.</summary>
    Badmsg = 9,

    /// <summary>Device or resource busy.</summary>
    Busy = 10,

    /// <summary>Operation canceled.</summary>
    Canceled = 11,

    /// <summary>No child processes.</summary>
    Child = 12,

    /// <summary>Software caused connection abort.</summary>
    Connaborted = 13,

    /// <summary>Connection refused.</summary>
    Connrefused = 14,

    /// <summary>Connection reset by peer.</summary>
    Connreset = 15,

    /// <summary>Resource deadlock avoided.</summary>
    Deadlk = 16,

    /// <summary>Destination address required.</summary>
    Destaddrreq = 17,

    /// <summary>Numerical argument out of domain.</summary>
    Dom = 18,

    /// <summary>Disk quota exceeded.</summary>
    Dquot = 19,

    /// <summary>The file exists.</summary>
    Exist = 20,

    /// <summary>A pointer leads outside of the memory.</summary>
    Fault = 21,

    /// <summary>The file would be too large.</summary>
    Fbig = 22,

    /// <summary>No route to host.</summary>
    Hostunreach = 23,

    /// <summary>Identifier removed.</summary>
    Idrm = 24,

    /// <summary>A path is not UTF-8.</summary>
    Ilseq = 25,

    /// <summary>Operation now in progress.</summary>
    Inprogress = 26,

    /// <summary>Interrupted system call.</summary>
    Intr = 27,

    /// <summary>Invalid argument.</summary>
    Inval = 28,

    /// <summary>Input or output failed.</summary>
    Io = 29,

    /// <summary>Transport endpoint is already connected.</summary>
    Isconn = 30,

    /// <summary>It is a folder.</summary>
    Isdir = 31,

    /// <summary>Too many symbolic links.</summary>
    Loop = 32,

    /// <summary>Too many files are open.</summary>
    Mfile = 33,

    /// <summary>Too many links.</summary>
    Mlink = 34,

    /// <summary>Message too long.</summary>
    Msgsize = 35,

    /// <summary>Multihop attempted.</summary>
    Multihop = 36,

    /// <summary>A name is too long, or does not fit.</summary>
    Nametoolong = 37,

    /// <summary>Network is down.</summary>
    Netdown = 38,

    /// <summary>Network dropped connection on reset.</summary>
    Netreset = 39,

    /// <summary>Network is unreachable.</summary>
    Netunreach = 40,

    /// <summary>Too many open files in system.</summary>
    Nfile = 41,

    /// <summary>No buffer space available.</summary>
    Nobufs = 42,

    /// <summary>No such device.</summary>
    Nodev = 43,

    /// <summary>No such file or folder.</summary>
    Noent = 44,

    /// <summary>Exec format error.</summary>
    Noexec = 45,

    /// <summary>No locks available.</summary>
    Nolck = 46,

    /// <summary>Link has been severed.</summary>
    Nolink = 47,

    /// <summary>Not enough memory.</summary>
    Nomem = 48,

    /// <summary>No message of desired type.</summary>
    Nomsg = 49,

    /// <summary>Protocol not available.</summary>
    Noprotoopt = 50,

    /// <summary>No space is left.</summary>
    Nospc = 51,

    /// <summary>The function is not supported.</summary>
    Nosys = 52,

    /// <summary>Transport endpoint is not connected.</summary>
    Notconn = 53,

    /// <summary>It is no folder.</summary>
    Notdir = 54,

    /// <summary>The folder is not empty.</summary>
    Notempty = 55,

    /// <summary>State not recoverable.</summary>
    Notrecoverable = 56,

    /// <summary>It is no socket.</summary>
    Notsock = 57,

    /// <summary>Not supported.</summary>
    Notsup = 58,

    /// <summary>Inappropriate ioctl for device.</summary>
    Notty = 59,

    /// <summary>No such device or address.</summary>
    Nxio = 60,

    /// <summary>A value is too large.</summary>
    Overflow = 61,

    /// <summary>Owner died.</summary>
    Ownerdead = 62,

    /// <summary>Operation not permitted.</summary>
    Perm = 63,

    /// <summary>Nobody reads from the pipe.</summary>
    Pipe = 64,

    /// <summary>Protocol error.</summary>
    Proto = 65,

    /// <summary>Protocol not supported.</summary>
    Protonosupport = 66,

    /// <summary>Protocol wrong type for socket.</summary>
    Prototype = 67,

    /// <summary>Numerical result out of range.</summary>
    Range = 68,

    /// <summary>Read-only file system.</summary>
    Rofs = 69,

    /// <summary>The file cannot seek.</summary>
    Spipe = 70,

    /// <summary>No such process.</summary>
    Srch = 71,

    /// <summary>Stale file handle.</summary>
    Stale = 72,

    /// <summary>Connection timed out.</summary>
    Timedout = 73,

    /// <summary>Text file busy.</summary>
    Txtbsy = 74,

    /// <summary>A link or a rename across file systems.</summary>
    Xdev = 75,

    /// <summary>The descriptor lacks the right, or the path leads out of its folder.</summary>
    Notcapable = 76,
}
