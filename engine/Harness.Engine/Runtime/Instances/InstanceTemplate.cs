using System.ComponentModel;
using System.Runtime.InteropServices;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// The data of a module's instances as it is in each new one: budgets, and function references without their instance. With the knob <c>instance.lazy-functions</c> it is a file
/// in memory that instances map copy-on-write, so that an instance has memory of its own only where it writes. Safe for use by several threads.
/// </summary>
internal sealed unsafe class InstanceTemplate(ModuleCode code) : IDisposable
{
    /// <summary>Bytes of data from which on a mapping costs less than to write them.</summary>
    private const int LeastMappedBytes = 16 << 10;

    private const int Alignment = 64;

    private readonly Lock _gate = new();
    private int _file = -1;
    private bool _hasFailed = !code.Options.InstanceLazyFunctions || (code.Layout.TotalSize < LeastMappedBytes && !code.Options.StressInstancePool);

    /// <summary>Makes the data of an instance: that of the template, and otherwise zeros.</summary>
    /// <param name="isMapped">Whether it is mapped; then function references have no instance yet, but for those that code takes.</param>
    public byte* Create(out bool isMapped)
    {
        isMapped = TryMap(out var data);
        if (isMapped)
        {
            foreach (var function in FunctionsOfCode)
            {
                ReferenceIn(data, function)->Instance = (InstanceHeader*)data;
            }

            return data;
        }

        data = (byte*)NativeMemory.AlignedAlloc((nuint)code.Layout.TotalSize, Alignment);
        NativeMemory.Clear(data, (nuint)code.Layout.TotalSize);
        Fill(data, (InstanceHeader*)data);
        return data;
    }

    /// <summary>Gives data back.</summary>
    public void Free(byte* data, bool isMapped)
    {
        if (isMapped)
        {
            LinuxMemory.Unmap(data, (nuint)code.Layout.TotalSize);
        }
        else
        {
            NativeMemory.AlignedFree(data);
        }
    }

    /// <summary>Whether data is as in a new instance, apart from what instantiation writes.</summary>
    /// <returns>The offset of the first byte that is not; -1 if it is.</returns>
    public int FindDifference(byte* data)
    {
        var start = code.Layout.OwnSize;
        var expected = (byte*)NativeMemory.AlignedAlloc((nuint)code.Layout.TotalSize, Alignment);
        NativeMemory.Clear(expected, (nuint)code.Layout.TotalSize);
        Fill(expected, (InstanceHeader*)data);
        var module = code.Module;
        for (var i = module.ImportedFunctionCount; i < module.Functions.Length; i++)
        {
            // A mapped reference that nobody has taken yet has no instance.
            if (ReferenceIn(data, i)->Instance == null)
            {
                ReferenceIn(expected, i)->Instance = null;
            }
        }

        var length = code.Layout.TotalSize - start;
        var common = new ReadOnlySpan<byte>(data + start, length).CommonPrefixLength(new ReadOnlySpan<byte>(expected + start, length));
        NativeMemory.AlignedFree(expected);
        return common == length ? -1 : start + common;
    }

    /// <summary>Closes the file; what is mapped stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            if (_file >= 0)
            {
                LinuxMemory.Close(_file);
            }

            _file = -1;
            _hasFailed = true;
        }
    }

    /// <summary>Functions whose references code computes from the address of the instance, so that they must be whole from the beginning.</summary>
    private int[] FunctionsOfCode => field ??=
        [.. Enumerable.Range(0, code.Module.Functions.Length).Where(i => i >= code.Module.ImportedFunctionCount && code.Module.Bodies.IsReferenced(i))];

    private FunctionReference* ReferenceIn(byte* data, int function) => (FunctionReference*)(data + code.Layout.FunctionReferenceOf(function));

    private bool TryMap(out byte* data)
    {
        data = null;
        lock (_gate)
        {
            if (_hasFailed)
            {
                return false;
            }

            try
            {
                if (_file < 0)
                {
                    _file = CreateFile();
                }

                data = LinuxMemory.MapPrivate(_file, (nuint)code.Layout.TotalSize);
                return true;
            }
            catch (Win32Exception)
            {
                // No files or mappings are left: the data can be written all the same.
                return false;
            }
        }
    }

    private int CreateFile()
    {
        var size = (nuint)code.Layout.TotalSize;
        var file = LinuxMemory.CreateFile($"wasm instance data, {size >> 10} KiB", size);
        try
        {
            var data = LinuxMemory.MapFile(file, size);
            Fill(data, null);
            LinuxMemory.Unmap(data, size);
            return file;
        }
        catch (Win32Exception)
        {
            LinuxMemory.Close(file);
            throw;
        }
    }

    /// <summary>Writes what is not zero.</summary>
    private void Fill(byte* data, InstanceHeader* instance)
    {
        var module = code.Module;
        for (var i = module.ImportedFunctionCount; i < module.Functions.Length; i++)
        {
            var reference = ReferenceIn(data, i);
            reference->Entry = code.LazyEntry(i);
            reference->Instance = instance;
            reference->TypeId = module.Functions[i].CanonicalTypeId;
            reference->FunctionIndex = i;
            *(int*)(data + code.Layout.TieringBudget(i)) = code.InitialBudget;
        }
    }
}
