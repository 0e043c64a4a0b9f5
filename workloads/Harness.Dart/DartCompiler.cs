using System.Diagnostics;
using Harness.Dart.Lowering;
using Harness.Dart.Semantics;

namespace Harness.Dart;

/// <summary>Compiles a Dart program to a WebAssembly module.</summary>
internal static class DartCompiler
{
    // Trees are walked recursively up to a checked depth, which needs more stack than a thread usually has.
    private const int StackSize = 512 << 20;

    /// <summary>Compiles a program.</summary>
    /// <returns>The bytes of the module.</returns>
    /// <inheritdoc cref="Build"/>
    public static byte[] Compile(string path, DartOptions? options = null, IReadOnlyDictionary<string, string>? packages = null) => Build(path, options, packages).Bytes;

    /// <summary>Compiles a program.</summary>
    /// <param name="path">The file that has <c>main</c>.</param>
    /// <param name="options">The lowering's choices.</param>
    /// <param name="packages">Folders of packages by name: what <c>package:NAME/</c> stands for.</param>
    /// <returns>The module, with what its source map is made of.</returns>
    /// <exception cref="DartCompilationException">The program has errors.</exception>
    public static DartModule Build(string path, DartOptions? options = null, IReadOnlyDictionary<string, string>? packages = null)
    {
        DartModule? module = null;
        Exception? failure = null;
        var thread = new Thread(
            () =>
            {
                try
                {
                    options ??= DartOptions.Default;
                    var program = new DartProgram(path, packages ?? new Dictionary<string, string>(), options.Generics == GenericsKind.Specialised);
                    module = new ProgramLowering(program, options).Compile();
                }
                catch (DartErrorException e)
                {
                    failure = new DartCompilationException([e.Error]);
                }
                catch (Exception e) when (!Debugger.IsAttached)
                {
                    failure = e;
                }
            },
            StackSize);
        thread.Start();
        thread.Join();
        if (failure is DartCompilationException)
        {
            throw failure;
        }

        if (failure is not null)
        {
            throw new InvalidOperationException($"the compiler failed: {failure.Message}\n{failure.StackTrace}", failure);
        }

        return module!;
    }
}
