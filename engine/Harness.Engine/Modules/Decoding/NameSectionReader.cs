namespace Harness.Engine.Modules.Decoding;

/// <summary>
/// Reads the name section (specification, appendix "Custom Sections", and the extended name section proposal). It says nothing that matters, so
/// what is malformed is left out: the rest of a subsection, or of the section where subsections cannot be told apart any more.
/// </summary>
internal sealed class NameSectionReader
{
    private const byte ModuleSubsection = 0;

    /// <summary>Malformed subsections after which the rest is not read.</summary>
    private const int MostMalformed = 16;

    private readonly Dictionary<(NamedItem Kind, int Index), string> _names = [];
    private readonly Dictionary<(NamedItem Kind, int Owner, int Index), string> _innerNames = [];
    private string? _moduleName;
    private int _malformed;

    private NameSectionReader()
    {
    }

    /// <summary>The name of the custom section.</summary>
    public const string SectionName = "name";

    /// <summary>Reads the section's content as far as it is well-formed.</summary>
    public static NameSection Read(ModuleReader reader)
    {
        var names = new NameSectionReader();
        reader = reader.Confined();
        while (names.ReadSubsection(ref reader))
        {
        }

        return new NameSection(names._moduleName, names._names, names._innerNames);
    }

    /// <summary>Reads a subsection; says whether there was one.</summary>
    private bool ReadSubsection(ref ModuleReader reader)
    {
        var isKnown = false;
        try
        {
            if (reader.Remaining == 0)
            {
                return false;
            }

            var id = reader.ReadByte();
            var content = reader.ReadSized().Confined();
            isKnown = true;
            ReadContent(id, content);
        }
        catch (ModuleException)
        {
            // The names up to here are good, and so may be those of other subsections; but each that is malformed costs time.
            if (++_malformed == MostMalformed)
            {
                return false;
            }
        }

        return isKnown;
    }

    private void ReadContent(byte id, ModuleReader content)
    {
        switch (id)
        {
            case ModuleSubsection:
                _moduleName = content.ReadName();
                break;
            case (byte)NamedItem.Local or (byte)NamedItem.Label or (byte)NamedItem.Field:
                for (var owners = content.ReadVarU32(); owners > 0; owners--)
                {
                    ReadInnerNames(ref content, (NamedItem)id);
                }

                break;
            case >= (byte)NamedItem.Function and <= (byte)NamedItem.Tag:
                for (var count = content.ReadVarU32(); count > 0; count--)
                {
                    var index = (int)content.ReadVarU32();
                    _names[((NamedItem)id, index)] = content.ReadName();
                }

                break;
        }
    }

    private void ReadInnerNames(ref ModuleReader content, NamedItem kind)
    {
        var owner = (int)content.ReadVarU32();
        for (var count = content.ReadVarU32(); count > 0; count--)
        {
            var index = (int)content.ReadVarU32();
            _innerNames[(kind, owner, index)] = content.ReadName();
        }
    }
}
