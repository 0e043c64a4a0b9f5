using System.Globalization;

namespace Harness.Hosts.Programs;

/// <summary>A line of a file of statements: <c>name | how often | rows | checksum | statement</c>.</summary>
/// <param name="Name">What it is called.</param>
/// <param name="Count">How often it is executed.</param>
/// <param name="Rows">How many rows all executions give.</param>
/// <param name="Sum">The checksum of all their values.</param>
/// <param name="Sql">The statement.</param>
internal sealed record SqliteStatement(string Name, int Count, long Rows, long Sum, string Sql)
{
    private const int Fields = 5;

    /// <summary>Reads a file; lines that begin with <c>#</c> are comments.</summary>
    /// <exception cref="ProgramException">It is absent or has a wrong line.</exception>
    public static IReadOnlyList<SqliteStatement> Read(string path)
    {
        if (!File.Exists(path))
        {
            throw new ProgramException($"there is no file of statements {path}");
        }

        var statements = new List<SqliteStatement>();
        var lines = File.ReadAllLines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].Length == 0 || lines[i].StartsWith('#'))
            {
                continue;
            }

            var parts = lines[i].Split(" | ", Fields);
            if (parts.Length != Fields
                || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var rows)
                || !long.TryParse(parts[3], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var sum))
            {
                throw new ProgramException($"{path}:{i + 1}: not 'name | how often | rows | checksum | statement'");
            }

            statements.Add(new SqliteStatement(parts[0], count, rows, sum, parts[4]));
        }

        return statements;
    }
}
