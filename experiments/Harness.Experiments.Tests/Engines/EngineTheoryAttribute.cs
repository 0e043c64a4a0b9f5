using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

/// <summary>A test that needs an engine; where that is not installed, it is skipped, and says what would install it.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class EngineTheoryAttribute : TheoryAttribute
{
    public EngineTheoryAttribute(string engine) => Skip = EngineCatalog.Find(engine).Installation.Inspect() is { IsInstalled: false } status
        ? $"{engine} is not installed: {status.Missing}; ./harness engines --install {engine}"
        : null;
}
