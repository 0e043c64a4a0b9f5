using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using YamlDotNet.Serialization.NamingConventions;

namespace Harness.Experiments;

/// <summary>Reads YAML files strictly: an unknown or repeated field is a mistake, told with its line, and so is a field without a value that needs one.</summary>
internal static partial class YamlFile
{
    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="kind">What it is, for messages: <c>sweep file</c>.</param>
    public static T Read<T>(string path, string kind)
        where T : class => Parse<T>(ReadText(path, kind), path, kind);

    /// <summary>Reads a file without looking at what it says.</summary>
    public static string ReadText(string path, string kind)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new HarnessException($"cannot read {kind} {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Reads a text.</summary>
    public static T Parse<T>(string text, string path, string kind)
        where T : class
    {
        var deserializer = new DeserializerBuilder()
            .WithNamingConvention(HyphenatedNamingConvention.Instance)
            .WithDuplicateKeyChecking()
            .Build();
        try
        {
            var document = deserializer.Deserialize<T>(text) ?? throw new HarnessException($"{kind} {path} is empty");
            return YamlNulls.Find(document) is { } place ? throw new HarnessException($"{kind} {path}: there is no value at '{place}'; write one, or leave it out") : document;
        }
        catch (YamlException exception)
        {
            var reason = Explain(exception);
            throw new HarnessException($"{kind} {path}:{exception.Start.Line}:{exception.Start.Column}: {reason}", exception);
        }
    }

    private static string Explain(YamlException exception)
    {
        Exception innermost = exception;
        while (innermost.InnerException is not null)
        {
            innermost = innermost.InnerException;
        }

        if (innermost is OverflowException)
        {
            return "this number is too large";
        }

        if (innermost is InvalidOperationException)
        {
            return "this is not YAML; a bracket, brace or quotation mark may be missing";
        }

        if (innermost is InvalidCastException or FormatException or ArgumentNullException || WrongForm().IsMatch(innermost.Message))
        {
            return "the value here is of the wrong form; a list is written [a, b], a table {name: value}, a number with digits";
        }

        return UnknownField().Replace(OneLine.Of(innermost.Message), "there is no field '$1' here");
    }

    [GeneratedRegex("No node deserializer was able|Expected '")]
    private static partial Regex WrongForm();

    [GeneratedRegex("Property '(.*)' not found on type .*")]
    private static partial Regex UnknownField();
}
