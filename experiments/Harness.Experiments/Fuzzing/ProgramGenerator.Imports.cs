using Harness.Engine.Modules;
using Harness.Experiments.Fuzzing.Observers;
using Harness.Experiments.Fuzzing.Programs;

namespace Harness.Experiments.Fuzzing;

/// <content>What programs import: functions and a tag of the host, and the functions on strings.</content>
internal sealed partial class ProgramGenerator
{
    private void ChooseImports()
    {
        if (_program.HasStrings)
        {
            ImportStringFunctions();
        }

        if (!_random.Percent(40))
        {
            return;
        }

        Import(FuzzImports.Support, FuzzImports.Log, [ProgramType.I32, ProgramType.F64], []);
        Import(FuzzImports.Support, FuzzImports.PassOn, [ProgramType.I32, ProgramType.ExternRef], [ProgramType.ExternRef]);
        if (_program.Tags.Count == 0 || _random.Percent(30))
        {
            return;
        }

        Import(FuzzImports.Support, FuzzImports.Throw, [ProgramType.I32], []);
        _program.Tags[0] = _program.TypeIndex(new ProgramSignature([ProgramType.I32], []), isLone: true);
        _program.ImportedTag = FuzzImports.NumberTag;
    }

    private void ImportStringFunctions()
    {
        var codeUnits = _program.Types.Count;
        _program.Types.Add(new ProgramAggregate([new ProgramField(ProgramType.I32, Packing.I16, Mutable: true)], IsArray: true, Supertype: -1, IsFinal: true));
        var array = ProgramType.ReferenceTo(codeUnits);
        var text = ProgramType.ExternRef;
        var (number, made) = (ProgramType.I32, text with { Nullable = false });
        (string Name, ProgramType[] Parameters, ProgramType Result)[] functions =
        [
            ("cast", [text], made),
            ("test", [text], number),
            ("fromCharCodeArray", [array, number, number], made),
            ("intoCharCodeArray", [text, array, number], number),
            ("fromCharCode", [number], made),
            ("fromCodePoint", [number], made),
            ("charCodeAt", [text, number], number),
            ("codePointAt", [text, number], number),
            ("length", [text], number),
            ("concat", [text, text], made),
            ("substring", [text, number, number], made),
            ("equals", [text, text], number),
            ("compare", [text, text], number),
        ];
        foreach (var (name, parameters, result) in functions)
        {
            Import(StringBuiltins.ModuleName, name, parameters, [result]);
        }
    }

    private void Import(string module, string name, ProgramType[] parameters, ProgramType[] results) =>
        _program.Functions.Add(new ProgramFunction(_program.TypeIndex(new ProgramSignature(parameters, results), isLone: true))
        {
            Import = new ProgramImport(module, name),
        });
}
