namespace Harness.Engine.Modules;

/// <summary>
/// Reads the name section (specification, appendix "Custom Sections"). It says nothing that matters, so what is
/// malformed is left out.
/// </summary>
internal static class NameSectionReader
{
    private const byte ModuleSubsection = 0;
    private const byte FunctionSubsection = 1;
    private const byte LocalSubsection = 2;

    /// <summary>The name of the custom section.</summary>
    public const string SectionName = "name";

    /// <summary>Reads the section's content as far as it is well-formed.</summary>
    public static NameSection Read(ModuleReader reader)
    {
        string? moduleName = null;
        var functions = new Dictionary<int, string>();
        var locals = new Dictionary<(int Function, int Local), string>();
        try
        {
            while (reader.Remaining > 0)
            {
                var id = reader.ReadByte();
                var subsection = reader.ReadSized();
                switch (id)
                {
                    case ModuleSubsection:
                        moduleName = subsection.ReadName();
                        break;
                    case FunctionSubsection:
                        for (var count = subsection.ReadVarU32(); count > 0; count--)
                        {
                            var function = (int)subsection.ReadVarU32();
                            functions[function] = subsection.ReadName();
                        }

                        break;
                    case LocalSubsection:
                        for (var count = subsection.ReadVarU32(); count > 0; count--)
                            ReadLocals(ref subsection, locals);
                        break;
                    default:
                        continue;
                }

                subsection.ExpectEnd();
            }
        }
        catch (ModuleException)
        {
            // The names up to here are good.
        }

        return new NameSection(moduleName, functions, locals);
    }

    private static void ReadLocals(ref ModuleReader reader, Dictionary<(int Function, int Local), string> locals)
    {
        var function = (int)reader.ReadVarU32();
        for (var count = reader.ReadVarU32(); count > 0; count--)
        {
            var local = (int)reader.ReadVarU32();
            locals[(function, local)] = reader.ReadName();
        }
    }
}
