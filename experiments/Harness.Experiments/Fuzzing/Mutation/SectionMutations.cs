using Harness.Engine.Modules;

namespace Harness.Experiments.Fuzzing.Mutation;

/// <summary>Changes of whole sections and of the items in them.</summary>
internal static class SectionMutations
{
    private const int LastId = (int)SectionId.Tag + 1;
    private static readonly string[] CustomNames = ["name", "producers", "target_features", "metadata.code.branch_hint", "sourceMappingURL", ""];

    /// <summary>Makes one change.</summary>
    /// <param name="module">The module, which has sections.</param>
    /// <param name="random">Chooses.</param>
    /// <param name="other">A module to take sections from.</param>
    public static void Apply(ModuleParts module, RandomSource random, ModuleParts? other)
    {
        var sections = module.Sections;
        if (sections.Count == 0 || random.Percent(10))
        {
            sections.Insert(random.Below(sections.Count + 1), Custom(random));
            return;
        }

        var at = random.Below(sections.Count);
        var section = sections[at];
        switch (random.Below(11))
        {
            case 0:
                sections.RemoveAt(at);
                break;
            case 1:
                sections.Insert(random.Below(sections.Count + 1), section.Clone());
                break;
            case 2:
                sections.RemoveAt(at);
                sections.Insert(random.Below(sections.Count + 1), section);
                break;
            case 3 or 4 when other?.Sections.Find(candidate => candidate.Id == section.Id) is { } same:
                sections[at] = same.Clone();
                break;
            case 5 when other is { Sections.Count: > 0 }:
                sections.Insert(at, random.Pick(other.Sections).Clone());
                break;
            case 6:
                section.Flatten();
                section.Payload = Recount(section.Payload, random);
                break;
            case 7:
                section.Flatten();
                section.Payload = ByteMutations.Apply(section.Payload, random);
                break;
            case 8 when random.Percent(20):
                section.Id = (byte)random.Below(LastId + 1);
                break;
            case 9 when module.Functions.Count > 0:
                DuplicateFunction(module, random);
                break;
            default:
                SwapBodies(module, random);
                break;
        }
    }

    /// <summary>Changes the number of items without changing the items.</summary>
    private static byte[] Recount(byte[] payload, RandomSource random)
    {
        var offset = 0;
        if (Leb.TryReadU32(payload, ref offset) is not { } count)
        {
            return payload;
        }

        var writer = new WasmWriter();
        writer.U32(random.Below(4) switch { 0 => count + 1, 1 => count == 0 ? 1 : count - 1, 2 => 0, _ => uint.MaxValue >> random.Below(12) });
        writer.Bytes(payload.AsSpan(offset));
        return writer.ToArray();
    }

    /// <summary>Adds a function with the type and the body of another one.</summary>
    private static void DuplicateFunction(ModuleParts module, RandomSource random)
    {
        var index = random.Below(module.Functions.Count);
        if (module.Find(SectionId.Function) is not { } declarations || VectorOfIndices.TryRead(declarations.Payload) is not { } types || index >= types.Count)
        {
            return;
        }

        types.Add(types[index]);
        declarations.Payload = VectorOfIndices.Write(types);
        module.Find(SectionId.Code)!.Bodies!.Add(module.Functions[index].Clone());
    }

    private static void SwapBodies(ModuleParts module, RandomSource random)
    {
        if (module.Find(SectionId.Code)?.Bodies is not { Count: > 1 } bodies)
        {
            return;
        }

        var (first, second) = (random.Below(bodies.Count), random.Below(bodies.Count));
        (bodies[first], bodies[second]) = (bodies[second], bodies[first]);
    }

    private static ModuleSection Custom(RandomSource random)
    {
        var writer = new WasmWriter();
        writer.Name(random.Pick(CustomNames));
        for (var i = random.Below(20); i > 0; i--)
        {
            writer.Byte((byte)random.Below(random.Percent(70) ? 8 : 256));
        }

        return ModuleSection.Parse((byte)SectionId.Custom, writer.Written);
    }
}

/// <summary>The contents of a section of nothing but indices.</summary>
internal static class VectorOfIndices
{
    public static List<uint>? TryRead(ReadOnlySpan<byte> payload)
    {
        var offset = 0;
        if (Leb.TryReadU32(payload, ref offset) is not { } count || count > payload.Length)
        {
            return null;
        }

        var indices = new List<uint>((int)count + 1);
        for (; count > 0; count--)
        {
            if (Leb.TryReadU32(payload, ref offset) is not { } index)
            {
                return null;
            }

            indices.Add(index);
        }

        return indices;
    }

    public static byte[] Write(IReadOnlyCollection<uint> indices)
    {
        var writer = new WasmWriter();
        writer.U32(indices.Count);
        foreach (var index in indices)
        {
            writer.U32(index);
        }

        return writer.ToArray();
    }
}
