namespace Harness.Engine.Modules.Text;

/// <summary>What a script expects of one result.</summary>
internal abstract record WastPattern
{
    /// <summary>Exactly this constant.</summary>
    public sealed record Exactly(WastValue Value) : WastPattern
    {
        public override string ToString() => Value.ToString();
    }

    /// <summary>A NaN: with only the top bit of its payload set, or with at least that one set.</summary>
    /// <param name="Kind">f32 or f64.</param>
    /// <param name="IsCanonical">Whether no other bit of the payload may be set.</param>
    public sealed record NotANumber(WastValueKind Kind, bool IsCanonical) : WastPattern
    {
        /// <summary>Whether a number's bits match.</summary>
        public bool Matches(ulong bits)
        {
            var (infinity, quiet, magnitude) = Kind == WastValueKind.F32
                ? (0x7F80_0000UL, 0x0040_0000UL, 0x7FFF_FFFFUL)
                : (0x7FF0_0000_0000_0000UL, 0x0008_0000_0000_0000UL, 0x7FFF_FFFF_FFFF_FFFFUL);
            var required = infinity | quiet;
            return (bits & (IsCanonical ? magnitude : required)) == required;
        }

        public override string ToString() =>
            $"({(Kind == WastValueKind.F32 ? "f32" : "f64")}.const nan:{(IsCanonical ? "canonical" : "arithmetic")})";
    }

    /// <summary>A vector, lane by lane.</summary>
    /// <param name="Shape">How it is divided into lanes.</param>
    /// <param name="Values">What is expected of each lane: a constant or a NaN.</param>
    public sealed record Lanes(VectorShape Shape, IReadOnlyList<WastPattern> Values) : WastPattern
    {
        /// <summary>Whether a vector matches.</summary>
        public bool Matches(ulong low, ulong high)
        {
            for (var i = 0; i < Values.Count; i++)
            {
                var bits = Shape.Extract(low, high, i);
                if (!(Values[i] is NotANumber notANumber ? notANumber.Matches(bits) : Values[i] is Exactly exactly && exactly.Value.Bits == bits))
                {
                    return false;
                }
            }

            return true;
        }

        public override string ToString() => $"(v128.const {Shape.Name} {string.Join(' ', Values)})";
    }

    /// <summary>Any reference to something of this heap type that is not null.</summary>
    public sealed record AnyReference(AbstractHeapType Type) : WastPattern
    {
        public override string ToString() => $"(ref.{Type.ToString().ToLowerInvariant()})";
    }

    /// <summary>What one of the alternatives expects.</summary>
    public sealed record Either(IReadOnlyList<WastPattern> Alternatives) : WastPattern
    {
        public override string ToString() => $"(either {string.Join(' ', Alternatives)})";
    }
}
