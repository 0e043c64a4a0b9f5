using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

public sealed class DartPackagesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void FoldersAreThoseOfTheFileUnlessWordsNameOthers()
    {
        var file = _folder.Write("app/.dart_tool/package_config.json", """
            {
              "configVersion": 2,
              "packages": [
                {"name": "app", "rootUri": "../", "packageUri": "lib/", "languageVersion": "3.0"},
                {"name": "shapes", "rootUri": "file:///opt/pub%20cache/shapes-1.0.0", "packageUri": "lib"},
                {"name": "plain", "rootUri": "../../plain"}
              ]
            }
            """);
        var packages = DartPackages.Of(["plain=elsewhere/lib", "other=o=1"], file);
        Assert.Equal(
            [("app", _folder.File("app/lib/")), ("other", "o=1"), ("plain", "elsewhere/lib"), ("shapes", "/opt/pub cache/shapes-1.0.0/lib/")],
            packages.OrderBy(package => package.Key, StringComparer.Ordinal).Select(package => (package.Key, package.Value)));
        Assert.Equal(_folder.File("plain/"), DartPackages.Of([], file)["plain"]);
        Assert.Empty(DartPackages.Of([], null));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"packages": [{"name": "a"}]}""")]
    [InlineData("""{"packages": [{"name": 1, "rootUri": "../"}]}""")]
    [InlineData("""{"packages": [{"name": null, "rootUri": "../"}]}""")]
    [InlineData("""{"packages": [{"name": "a", "rootUri": "https://example.org/"}]}""")]
    public void AFileOfAnotherFormIsRefusedInOneLine(string text)
    {
        var file = _folder.Write("packages.json", text);
        var message = Assert.Throws<HarnessException>(() => DartPackages.Of([], file)).Message;
        Assert.StartsWith($"package configuration {file} is not of the form that Dart's package manager writes: ", message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', message);
    }
}
