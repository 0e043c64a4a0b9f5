using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>The bounds of a thread's stack.</summary>
internal sealed unsafe partial class ThreadStack
{
    /// <summary>Bytes below <see cref="Limit"/> that are kept free for host functions and the runtime.</summary>
    public const int Reserve = 256 * 1024;

    [ThreadStatic]
    private static ThreadStack? _current;

    private ThreadStack(nuint low, nuint size)
    {
        Low = low;
        Size = size;
    }

    /// <summary>The stack of the current thread.</summary>
    public static ThreadStack Current => _current ??= Measure();

    /// <summary>Its lowest address.</summary>
    public nuint Low { get; }

    /// <summary>Its bytes.</summary>
    public nuint Size { get; }

    /// <summary>Compiled code does not go below this.</summary>
    public nuint Limit => Low + Reserve;

    private static ThreadStack Measure()
    {
        var attributes = stackalloc byte[64];
        Check(PthreadGetattr(PthreadSelf(), attributes));
        void* low;
        nuint size;
        var error = PthreadAttrGetstack(attributes, &low, &size);
        _ = PthreadAttrDestroy(attributes);
        Check(error);
        return new ThreadStack((nuint)low, size);
    }

    private static void Check(int error)
    {
        if (error != 0)
        {
            throw new Win32Exception(error);
        }
    }

    [LibraryImport("libc", EntryPoint = "pthread_self")]
    private static partial nint PthreadSelf();

    [LibraryImport("libc", EntryPoint = "pthread_getattr_np")]
    private static partial int PthreadGetattr(nint thread, byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_getstack")]
    private static partial int PthreadAttrGetstack(byte* attributes, void** low, nuint* size);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int PthreadAttrDestroy(byte* attributes);
}
