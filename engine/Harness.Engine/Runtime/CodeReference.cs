using Harness.Engine.Configuration;
using Harness.Engine.X64;

namespace Harness.Engine.Runtime;

/// <summary>What a place in code refers to.</summary>
internal enum CodeReferenceKind : byte
{
    /// <summary>The 32-bit distance of a <see cref="Stub"/> from behind the place.</summary>
    Stub,

    /// <summary>The canonical id of a type.</summary>
    Type,

    /// <summary>The address of a word in the first row of <see cref="Heap.TypeDisplays"/>, which lies low enough to be a displacement.</summary>
    TypeDisplays,

    /// <summary>How many there are.</summary>
    Count,
}

/// <summary>Four bytes of code that are not the same in every process: what they refer to has a name that is.</summary>
/// <param name="Offset">Where they are.</param>
/// <param name="Kind">What they refer to.</param>
/// <param name="Symbol">The number of the <see cref="Stub"/>; the canonical id of the type in this process; the offset of the word in its row.</param>
internal readonly record struct CodeReference(int Offset, CodeReferenceKind Kind, int Symbol)
{
    /// <summary>Whether compilers note them, since code is kept beyond the process or treated as if it were.</summary>
    public static bool AreNoted(EngineOptions options) => options.CacheDirectory.Length > 0 || options.StressCacheRoundTrip;

    /// <summary>What has to be replaced in code in another process; null if an address has no name there.</summary>
    /// <param name="relocations">Where the code refers to addresses.</param>
    /// <param name="types">Where it mentions types.</param>
    /// <param name="stubs">Addresses of the shared stubs, by <see cref="Stub"/>.</param>
    public static CodeReference[]? Of(ReadOnlySpan<Relocation> relocations, TypeMentions types, nint[] stubs)
    {
        var references = new CodeReference[relocations.Length + types.All.Count];
        var count = 0;
        foreach (var relocation in relocations)
        {
            var stub = Array.IndexOf(stubs, relocation.Target);
            if (stub < 0)
            {
                return null;
            }

            references[count++] = new CodeReference(relocation.Offset, CodeReferenceKind.Stub, stub);
        }

        foreach (var type in types.All)
        {
            references[count++] = type;
        }

        return references;
    }
}
