using System.ComponentModel;

namespace Harness.Engine.X64;

/// <summary>
/// Where all code of the process lies: regions of addresses (<see cref="CodeRegion"/>), of which there is one more whenever all are full. Every region has a copy of the code
/// that all other code refers to by 32-bit distances (<see cref="PublishShared"/>), so that a piece of code may lie in any of them; from one piece to another there are only
/// 64-bit addresses. What is freed is taken again, in the first region that has room, before there is another. Safe for use by several threads.
/// </summary>
/// <remarks>The collector does not see frames of generated code, so there is no finalizer: the owner must dispose of it.</remarks>
internal sealed unsafe class CodeSpace : IDisposable
{
    /// <summary>The alignment of code blocks, in bytes: a cache line.</summary>
    public const int BlockAlignment = 64;

    /// <summary>The usual size of a region, in bytes. Only pages with code take memory.</summary>
    public const int DefaultRegionSize = 1 << 30;

    /// <summary>The most regions that a space can have.</summary>
    public const int MostRegions = 16;

    private const byte Breakpoint = 0xCC;

    private readonly Lock _lock = new();
    private readonly int _regionSize;
    private readonly int _mostRegions;
    private byte[] _sharedCode = [];
    private Action<CodeRegion>? _opened;

    /// <summary>All regions; replaced when there is one more.</summary>
    private volatile CodeRegion[] _regions;

    /// <summary>Reserves the first region.</summary>
    /// <param name="regionSize">The size of a region in bytes: a multiple of the page size, at most 1 GiB.</param>
    /// <param name="mostRegions">How many regions there may be, at most <see cref="MostRegions"/>.</param>
    /// <exception cref="PlatformNotSupportedException">Code cannot be generated on this machine.</exception>
    public CodeSpace(int regionSize = DefaultRegionSize, int mostRegions = 1)
    {
        CpuFeatures.RequireSupportedMachine();
        ArgumentOutOfRangeException.ThrowIfLessThan(regionSize, Environment.SystemPageSize);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(regionSize, DefaultRegionSize);
        ArgumentOutOfRangeException.ThrowIfLessThan(mostRegions, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(mostRegions, MostRegions);
        _regionSize = regionSize;
        _mostRegions = mostRegions;
        _regions = [new CodeRegion(regionSize, [])];
    }

    /// <summary>The regions that there are, in the order in which they were made.</summary>
    public IReadOnlyList<CodeRegion> Regions => _regions;

    /// <summary>Whether an address lies in a region.</summary>
    public bool Contains(nint address) => RegionOf(address) != null;

    /// <summary>Tells of every region: those that there are and, before there is any code in it but the shared one, each that is made later.</summary>
    /// <param name="opened">Told of one region at a time. It must not use the space.</param>
    public void Watch(Action<CodeRegion> opened)
    {
        lock (_lock)
        {
            foreach (var region in _regions)
            {
                opened(region);
            }

            _opened += opened;
        }
    }

    /// <summary>
    /// Puts code into every region, at its start: into the first one now, and into the others when they are made. Code that refers to it in the first region refers to the copy in
    /// its own region when it is published.
    /// </summary>
    /// <returns>The code in the first region.</returns>
    /// <exception cref="InvalidOperationException">There is other code already, or this code refers to other code.</exception>
    public CodeBlock PublishShared(Assembler assembler)
    {
        assembler.Finish();
        if (!assembler.Relocations.IsEmpty)
        {
            throw new InvalidOperationException("what all regions share may refer to nothing else by its distance");
        }

        lock (_lock)
        {
            var first = _regions[0];
            if (_regions.Length != 1 || !first.IsEmpty || _sharedCode.Length != 0)
            {
                throw new InvalidOperationException("what all regions share comes before all other code");
            }

            first.AddSharedCode(assembler.Code);
            _sharedCode = assembler.Code.ToArray();
            return first.SharedCode;
        }
    }

    /// <summary>Takes a block.</summary>
    /// <param name="size">Its size in bytes, above 0.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="BlockAlignment"/>.</param>
    /// <param name="region">The number of the region that is tried first, and made if there are not so many yet; without room there, another one is taken.</param>
    /// <exception cref="InsufficientMemoryException">There is no room left, not even after garbage was collected that owned code.</exception>
    public CodeBlock Allocate(int size, int padding = 0, int region = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        ArgumentOutOfRangeException.ThrowIfNotEqual(padding & (BlockAlignment - 1), 0, nameof(padding));
        ArgumentOutOfRangeException.ThrowIfNegative(region);
        if (TryTake(size, padding, region, out var block) || (DroppedCode.Collect() && TryTake(size, padding, region, out block)))
        {
            return block;
        }

        var reserved = _regions.Sum(static one => (long)one.Size);
        throw new InsufficientMemoryException(
            $"no room for {size} bytes of machine code: the {reserved >> 20} MiB that all engines of the process share are full; dispose of engines and stores, or drop modules, that are not needed");
    }

    /// <summary>Gives a block back. No thread may be in its code, or return to it; whoever does runs into a breakpoint.</summary>
    /// <exception cref="ArgumentException">The block is not of this code space.</exception>
    public void Free(CodeBlock block)
    {
        var region = Own(block);
        new Span<byte>(block.Writable, block.Size).Fill(Breakpoint);
        Give(region, block);
    }

    /// <summary>Gives a block back in which nothing was written.</summary>
    /// <exception cref="ArgumentException">The block is not of this code space.</exception>
    public void Abandon(CodeBlock block) => Give(Own(block), block);

    /// <summary>Finishes the code of an assembler and puts it into a block of its own.</summary>
    /// <param name="assembler">The assembler.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="BlockAlignment"/>.</param>
    /// <param name="region">The number of the region that is tried first.</param>
    /// <exception cref="InvalidOperationException">A label was not bound, or a target lies too far away.</exception>
    /// <exception cref="InsufficientMemoryException">There is no room left.</exception>
    public CodeBlock Publish(Assembler assembler, int padding = 0, int region = 0)
    {
        assembler.Finish();
        return Publish(assembler.Code, assembler.Relocations, padding, region);
    }

    /// <summary>Puts code that is finished into a block of its own.</summary>
    /// <param name="code">The code.</param>
    /// <param name="relocations">Where it refers to addresses outside.</param>
    /// <param name="padding">Bytes to leave free before it: a multiple of <see cref="BlockAlignment"/>.</param>
    /// <param name="region">The number of the region that is tried first.</param>
    /// <exception cref="InvalidOperationException">A target lies too far away.</exception>
    /// <exception cref="InsufficientMemoryException">There is no room left.</exception>
    public CodeBlock Publish(ReadOnlySpan<byte> code, ReadOnlySpan<Relocation> relocations, int padding, int region)
    {
        var block = Allocate(code.Length, padding, region);
        code.CopyTo(new Span<byte>(block.Writable, code.Length));
        var shared = _regions[0].SharedCode;
        var toOwnCopy = Own(block).SharedCode.Address - shared.Address;
        foreach (var relocation in relocations)
        {
            var target = shared.Contains(relocation.Target) ? relocation.Target + toOwnCopy : relocation.Target;
            var distance = target - (block.Address + relocation.Offset + sizeof(int));
            if (distance != (int)distance)
            {
                Free(block);
                throw new InvalidOperationException($"the target {relocation.Target:x} is more than 2 GiB away from the code");
            }

            *(int*)(block.Writable + relocation.Offset) = (int)distance;
        }

        return block;
    }

    /// <summary>Removes the mappings. No thread may be in any of the code, or return to it.</summary>
    public void Dispose()
    {
        foreach (var region in _regions)
        {
            region.Dispose();
        }
    }

    private bool TryTake(int size, int padding, int preferred, out CodeBlock block)
    {
        lock (_lock)
        {
            var isThere = preferred < _regions.Length;
            while (!isThere && TryOpen())
            {
                isThere = preferred < _regions.Length;
            }

            if (isThere && _regions[preferred].TryTake(size, padding, out block))
            {
                return true;
            }

            foreach (var region in _regions)
            {
                if (region.TryTake(size, padding, out block))
                {
                    return true;
                }
            }

            // What is too large for a new region needs none.
            block = default;
            return padding + size <= _regionSize - _sharedCode.Length - BlockAlignment && TryOpen() && _regions[^1].TryTake(size, padding, out block);
        }
    }

    /// <summary>Makes one more region.</summary>
    /// <returns>False if there are as many as may be, or if the system refuses.</returns>
    private bool TryOpen()
    {
        if (_regions.Length >= _mostRegions || _sharedCode.Length > _regionSize)
        {
            return false;
        }

        CodeRegion region;
        try
        {
            region = new CodeRegion(_regionSize, _sharedCode);
        }
        catch (Win32Exception)
        {
            return false;
        }

        _opened?.Invoke(region);
        _regions = [.. _regions, region];
        return true;
    }

    private CodeRegion? RegionOf(nint address)
    {
        foreach (var region in _regions)
        {
            if (region.Contains(address))
            {
                return region;
            }
        }

        return null;
    }

    private CodeRegion Own(CodeBlock block) =>
        RegionOf(block.Address) ?? throw new ArgumentException("the block is not of this code space", nameof(block));

    private void Give(CodeRegion region, CodeBlock block)
    {
        lock (_lock)
        {
            region.Give(block);

            // The first region is hardly ever empty for long.
            if (region.IsEmpty && region != _regions[0])
            {
                region.DiscardPages();
            }
        }
    }
}
