using System.Globalization;
using System.Runtime.InteropServices;
using DuckDB.NET.Data;
using Harness.Experiments.Reports.Tables;
using Harness.Hosts;

namespace Harness.Experiments.Results;

/// <summary>
/// Results folders as a database in memory, for questions in SQL: the table <c>results</c> has the columns of <c>results.csv</c>, one per knob, and
/// <c>folder</c>, which has the folder's name, or its path where several have the same name; the table <c>failures</c> those of <c>failures.csv</c>. DuckDB answers.
/// </summary>
internal sealed class ResultsDatabase : IDisposable
{
    /// <summary>Version of the native library's package; the managed one is pinned to the same.</summary>
    private const string Version = "1.5.6.1";

    private static readonly Lazy<IntPtr> Library = new(() =>
        NativeLibrary.Load(new NativePackage("duckdb.net.bindings.full", Version, "DuckDB for queries and Parquet, about 100 MB to download").PathOf("libduckdb.so")));

    private readonly DuckDBConnection _connection;

    private ResultsDatabase(DuckDBConnection connection) => _connection = connection;

    /// <summary>Loads folders.</summary>
    /// <exception cref="HarnessException">A folder cannot be read.</exception>
    /// <exception cref="IOException">DuckDB cannot be restored.</exception>
    public static ResultsDatabase Open(IReadOnlyList<ResultsFolder> folders)
    {
        // A folder counts once, however often it is named: its rows would be twice as many.
        var distinct = folders.DistinctBy(folder => folder.Path).ToList();
        var repeated = distinct.GroupBy(folder => Path.GetFileName(folder.Path)).Where(group => group.Count() > 1).Select(group => group.Key).ToHashSet();
        var loaded = distinct.Select(folder => (Folder: folder, Name: Path.GetFileName(folder.Path) is var name && repeated.Contains(name) ? folder.Path : name, View: ResultsView.Open(folder))).ToList();

        // The managed package asks for the library by its name, which is then the one that is loaded already.
        _ = Library.Value;
        var connection = new DuckDBConnection("DataSource=:memory:");
        try
        {
            connection.Open();
            var database = new ResultsDatabase(connection);

            // Nothing is fetched from outside for a query.
            database.Execute("SET autoinstall_known_extensions = false");
            database.LoadResults([.. loaded.Select(folder => (folder.Name, folder.View))]);
            database.LoadFailures([.. loaded.Select(folder => (folder.Folder, folder.Name))]);
            return database;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public void Dispose() => _connection.Dispose();

    /// <summary>Answers a query.</summary>
    /// <exception cref="HarnessException">The query is wrong, or gives what cannot be read; the message is DuckDB's, in one line.</exception>
    public ResultTable Query(string sql)
    {
        if (string.IsNullOrWhiteSpace(sql))
        {
            throw new HarnessException("the query is empty; 'describe results' lists the columns");
        }

        try
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var columns = Enumerable.Range(0, reader.FieldCount).Select(i => Describe(reader.GetName(i), reader.GetFieldType(i))).ToList();
            var table = new ResultTable(columns);
            while (reader.Read())
            {
                table.Add([.. Enumerable.Range(0, columns.Count).Select(i => reader.IsDBNull(i) ? null : Simplify(reader.GetValue(i)))]);
            }

            return table;
        }
        catch (DuckDBException exception)
        {
            throw new HarnessException($"the query failed: {(Reason(exception) is { Length: > 0 } reason ? reason : "there is no statement in it")}; 'describe results' lists the columns", exception);
        }
        catch (Exception exception) when (exception is InvalidOperationException or ArgumentException or ArithmeticException or InvalidCastException or FormatException or NotSupportedException)
        {
            // The managed package throws whatever it meets where a value has no like in .NET: an infinite date, an interval of too many years.
            throw new HarnessException($"the query gives a value that cannot be read: {Reason(exception)}; make it a text with cast(... as varchar)", exception);
        }
    }

    /// <summary>Writes the table <c>results</c> as a Parquet file.</summary>
    public void WriteParquet(string path)
    {
        try
        {
            Execute($"COPY results TO '{path.Replace("'", "''", StringComparison.Ordinal)}' (FORMAT parquet, COMPRESSION zstd)");
        }
        catch (DuckDBException exception)
        {
            throw new HarnessException($"cannot write {path}: {Reason(exception)}", exception);
        }
    }

    private void Execute(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private void LoadResults(List<(string Name, ResultsView View)> folders)
    {
        var columns = folders.SelectMany(folder => folder.View.Columns).GroupBy(column => column.Name)
            .Select(group => (Name: group.Key, Type: group.Select(column => column.Type).Distinct().ToArray() is [var only] ? only : typeof(string)))
            .ToList();
        Execute($"CREATE TABLE results (folder VARCHAR, {string.Join(", ", columns.Select(column => $"{QuoteName(column.Name)} {SqlType(column.Type)}"))})");
        using var appender = _connection.CreateAppender("results");
        foreach (var (name, view) in folders)
        {
            var own = columns.Select(column => view.Columns.FirstOrDefault(candidate => candidate.Name == column.Name)).ToArray();
            foreach (var measurement in view.Rows)
            {
                var row = appender.CreateRow().AppendValue(name);
                for (var i = 0; i < own.Length; i++)
                {
                    Append(row, columns[i].Type, own[i]?.Read(measurement));
                }

                row.EndRow();
            }
        }
    }

    private void LoadFailures(List<(ResultsFolder Folder, string Name)> folders)
    {
        Execute("CREATE TABLE failures (folder VARCHAR, engine VARCHAR, configuration VARCHAR, workload VARCHAR, repetition INTEGER, status VARCHAR, message VARCHAR, finished_utc TIMESTAMP)");
        using var appender = _connection.CreateAppender("failures");
        foreach (var (folder, name) in folders.Where(named => File.Exists(named.Folder.Failures)))
        {
            foreach (var failure in DurableCsv<Failure>.Read(folder.Failures))
            {
                appender.CreateRow().AppendValue(name).AppendValue(failure.Engine).AppendValue(failure.Configuration).AppendValue(failure.Workload)
                    .AppendValue(failure.Repetition).AppendValue(failure.Status).AppendValue(failure.Message).AppendValue((DateTime?)failure.FinishedUtc).EndRow();
            }
        }
    }

    private static void Append(IDuckDBAppenderRow row, Type type, object? value)
    {
        if (value is null)
        {
            row.AppendNullValue();
        }
        else if (type == typeof(double))
        {
            row.AppendValue((double?)Convert.ToDouble(value, CultureInfo.InvariantCulture));
        }
        else if (type == typeof(long))
        {
            row.AppendValue((long?)value);
        }
        else if (type == typeof(int))
        {
            row.AppendValue((int?)value);
        }
        else if (type == typeof(bool))
        {
            row.AppendValue((bool?)value);
        }
        else if (type == typeof(DateTime))
        {
            row.AppendValue((DateTime?)value);
        }
        else
        {
            row.AppendValue(TableWriter.Exact(value));
        }
    }

    private static string SqlType(Type type) =>
        type == typeof(double) ? "DOUBLE"
        : type == typeof(long) ? "BIGINT"
        : type == typeof(int) ? "INTEGER"
        : type == typeof(bool) ? "BOOLEAN"
        : type == typeof(DateTime) ? "TIMESTAMP"
        : "VARCHAR";

    private static string QuoteName(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    /// <summary>A column of an answer. Times are told by their names: those of <c>results.csv</c>, and DuckDB's for expressions of them.</summary>
    private static TableColumn Describe(string name, Type type) => new(name, FormatOf(type)) { IsTime = type == typeof(double) && name.Contains("_ms", StringComparison.Ordinal) };

    private static string? FormatOf(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(decimal) ? "0.####"
        : type.IsPrimitive && type != typeof(bool) && type != typeof(char) || type == typeof(System.Numerics.BigInteger) ? "0"
        : null;

    /// <summary>Lists and structures become their text.</summary>
    private static object Simplify(object value) => value switch
    {
        string or bool or DateTime or IFormattable => value,
        Stream bytes => Hexadecimal(bytes),
        System.Collections.IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(TableWriter.Exact))}]",
        _ => value.ToString() ?? "",
    };

    /// <summary>Bytes as a query writes them.</summary>
    private static string Hexadecimal(Stream bytes)
    {
        using var content = new MemoryStream();
        bytes.CopyTo(content);
        return string.Concat(content.ToArray().Select(value => $"\\x{value:X2}"));
    }

    /// <summary>DuckDB's message without the picture of the query that follows it.</summary>
    private static string Reason(Exception exception) => OneLine.Of(exception.Message.Split("\n\n")[0]).Trim();
}
