using System.ComponentModel;

namespace Harness.Engine.Runtime.Instances;

/// <summary>
/// The memory images of one module, made for its second instance: most modules have one instance only, for which copying is cheaper.
/// Safe for use by several threads.
/// </summary>
internal sealed class MemoryImages(ModuleCode code) : IDisposable
{
    private readonly Lock _gate = new();
    private MemoryImage[]? _images;
    private bool _hadInstance;
    private bool _isMade;

    /// <summary>
    /// Maps the initial content of all memories of a new instance. Those of its slot have it already where an earlier instance there had it mapped; a shared memory, which belongs to
    /// no slot, is another one in each instance.
    /// </summary>
    /// <returns>False if it must be copied, wholly.</returns>
    public bool TryMapInto(Instance instance)
    {
        if (code.Options.MemoryImageMinSize == 0 || code.Module.Data.IsEmpty || ForNextInstance() is not { } images)
        {
            return false;
        }

        try
        {
            foreach (var image in images)
            {
                var memory = instance.Memories[image.MemoryIndex];
                if (!instance.Slot.HasImages || memory.Shared is not null)
                {
                    image.MapInto(memory);
                }
            }

            return true;
        }
        catch (Win32Exception)
        {
            // The system allows no more mappings.
            return false;
        }
    }

    /// <summary>Closes the images; what is mapped stays.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (var image in _images ?? [])
            {
                image.Dispose();
            }

            _images = null;
            _isMade = true;
        }
    }

    private MemoryImage[]? ForNextInstance()
    {
        lock (_gate)
        {
            if (!_isMade && _hadInstance)
            {
                _isMade = true;
                _images = MemoryImage.Create(code.Module, code.Options.MemoryImageMinSize << 10);
            }

            _hadInstance = true;
            return _images;
        }
    }
}
