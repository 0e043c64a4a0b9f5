using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime.Instances;

/// <summary>The elements of a table of functions that an instance begins with, written at once or when they are first accessed.</summary>
internal sealed unsafe class InstanceTable
{
    private readonly TableImage _image;
    private readonly byte* _instance;
    private readonly bool _isLazy;
    private bool _isWritten;

    /// <summary>Makes the elements.</summary>
    /// <param name="image">What they are.</param>
    /// <param name="instance">The data of the instance.</param>
    /// <param name="isLazy">Whether they may be written late.</param>
    public InstanceTable(TableImage image, byte* instance, bool isLazy)
    {
        _image = image;
        _instance = instance;
        Elements = isLazy ? LazyTables.Take(image, instance) : null;
        _isLazy = Elements != null;
        Capacity = _isLazy ? LazyTables.MostElements : image.Length;
        if (!_isLazy)
        {
            Elements = (nint*)NativeMemory.Alloc((nuint)Math.Max(image.Length, 1), (nuint)sizeof(nint));
        }
    }

    /// <summary>The elements.</summary>
    public nint* Elements { get; }

    /// <summary>How many there is room for.</summary>
    public int Capacity { get; }

    /// <summary>Whether something else than the module's code may have changed them.</summary>
    public bool IsChanged { get; set; }

    /// <summary>Writes the elements that are to be written at once. The pointers to imported functions must be there.</summary>
    public void Open()
    {
        if (!_isLazy && !_isWritten)
        {
            _image.FillInto(Elements, _instance);
        }

        _isWritten = true;
    }

    /// <summary>Makes the elements such that <see cref="Open"/> can open them for another instance in the same place.</summary>
    /// <param name="isWritten">Whether the module's own code may have changed them.</param>
    /// <param name="stress">Whether to overwrite them before.</param>
    /// <returns>False if that cannot be.</returns>
    public bool TryEmpty(bool isWritten, bool stress)
    {
        var mayDiffer = isWritten || IsChanged || _image.HasImports;
        IsChanged = false;
        if (!mayDiffer)
        {
            return true;
        }

        _isWritten = false;
        var count = _isLazy ? LazyTables.WrittenElements(Elements) : _image.Length;
        if (stress)
        {
            new Span<nint>(Elements, count).Fill(InstanceSlot.StressWord);
        }

        if (!_isLazy)
        {
            return true;
        }

        try
        {
            LazyTables.Empty(Elements);
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Whether all elements are as they are at first. Writes those that were not yet.</summary>
    public bool IsAsNew()
    {
        for (var i = 0; i < _image.Length; i++)
        {
            if (Elements[i] != _image.ElementOf(i, _instance))
            {
                return false;
            }
        }

        return !_isLazy || new ReadOnlySpan<nint>(Elements + _image.Length, Capacity - _image.Length).IndexOfAnyExcept(0) < 0;
    }

    /// <summary>Frees the elements.</summary>
    public void Free()
    {
        if (_isLazy)
        {
            LazyTables.Leave(Elements);
        }
        else
        {
            NativeMemory.Free(Elements);
        }
    }
}
