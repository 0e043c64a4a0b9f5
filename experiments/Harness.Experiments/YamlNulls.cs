using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;
using YamlDotNet.Serialization.NamingConventions;

namespace Harness.Experiments;

/// <summary>
/// Finds what a YAML file leaves empty although it needs a value: the reader takes an empty value for null, whatever the field's type says, as where all entries of a list are commented out.
/// </summary>
internal static class YamlNulls
{
    private static readonly ConcurrentDictionary<Type, (PropertyInfo Property, NullabilityInfo Declared)[]> Fields = new();

    /// <summary>The first place without a value that needs one, as in <c>configurations/2/name</c>, where entries are counted from 1; null where there is none.</summary>
    /// <param name="document">What was read of a file. In a list that is the whole file each entry needs a value; a table that is one is not looked into.</param>
    public static string? Find(object document) => document is IList entries ? FindInList(entries, declared: null, "") : FindIn(document, declared: null, "");

    private static string? FindIn(object value, NullabilityInfo? declared, string place) => value switch
    {
        IDictionary table => FindInTable(table, declared?.GenericTypeArguments is [_, var ofValues] ? ofValues : null, place),
        IList list => FindInList(list, declared?.GenericTypeArguments is [var ofEntries] ? ofEntries : null, place),
        _ when value.GetType().Assembly == typeof(YamlNulls).Assembly => FindInFields(value, place),
        _ => null,
    };

    private static string? FindInFields(object value, string place)
    {
        foreach (var (property, declared) in Fields.GetOrAdd(value.GetType(), FieldsOf))
        {
            if (FindAt(property.GetValue(value), declared, Inside(place, HyphenatedNamingConvention.Instance.Apply(property.Name))) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? FindInTable(IDictionary table, NullabilityInfo? declared, string place)
    {
        foreach (DictionaryEntry entry in table)
        {
            if (declared is not null && FindAt(entry.Value, declared, Inside(place, $"{entry.Key}")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private static string? FindInList(IList list, NullabilityInfo? declared, string place)
    {
        for (var i = 0; i < list.Count; i++)
        {
            if (FindAt(list[i], declared, Inside(place, $"{i + 1}")) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    /// <summary>Looks at a value, and into it.</summary>
    /// <param name="value">The value.</param>
    /// <param name="declared">What its declaration says; null where it needs a value.</param>
    /// <param name="place">Where it is.</param>
    private static string? FindAt(object? value, NullabilityInfo? declared, string place) =>
        value is not null ? FindIn(value, declared, place)
        : declared is null or { ReadState: NullabilityState.NotNull } ? place
        : null;

    private static string Inside(string place, string name) => place.Length == 0 ? name : $"{place}/{name}";

    private static (PropertyInfo Property, NullabilityInfo Declared)[] FieldsOf(Type type)
    {
        var context = new NullabilityInfoContext();
        return [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite).Select(property => (property, context.Create(property)))];
    }
}
