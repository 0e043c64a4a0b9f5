using System.Globalization;
using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;
using Harness.Hosts.Emscripten;

namespace Harness.Hosts.Programs;

/// <summary>
/// SQLite as Emscripten compiled it (npm package <c>@sqlite.org/sqlite-wasm</c>), executing the statements of a file in a database in memory. An
/// iteration is a new database. The same calls of the C interface are made on V8 by <c>workloads/drivers/sqlite.mjs</c>.
/// </summary>
public sealed class SqliteProgram : EmscriptenProgram
{
    private const int Row = 100;
    private const int Done = 101;
    private const int Integer = 1;
    private const int Float = 2;
    private const int Text = 3;
    private const int Blob = 4;
    private const ulong Transient = uint.MaxValue;
    private readonly IReadOnlyList<SqliteStatement> _statements;
    private readonly Dictionary<string, WasmFunction> _functions = [];
    private readonly ulong[] _slots = new ulong[8];

    /// <summary>Makes a program that is not loaded yet.</summary>
    /// <param name="modulePath">SQLite's module.</param>
    /// <param name="statementsPath">The file of statements.</param>
    /// <param name="options">The engine's options; null for the defaults.</param>
    /// <exception cref="ProgramException">The file of statements is absent or has a wrong line.</exception>
    public SqliteProgram(string modulePath, string statementsPath, EngineOptions? options = null)
        : base(modulePath, options) => _statements = SqliteStatement.Read(statementsPath);

    /// <inheritdoc/>
    /// <exception cref="ProgramException">A statement fails, or does not give the rows and the checksum that the file says.</exception>
    private protected override ProgramOutput Run()
    {
        var pointer = Host.Malloc(sizeof(ulong));
        var name = Host.Allocate(":memory:");
        uint database = 0;
        Check(Sqlite("sqlite3_open", name, pointer), database, "open");
        database = Host.Read<uint>(pointer);
        var output = new StringBuilder();
        uint seed = 1;
        foreach (var statement in _statements)
        {
            var (rows, sum) = Execute(database, pointer, statement, ref seed);
            if (rows != statement.Rows || sum != statement.Sum)
            {
                throw new ProgramException($"SQLite: '{statement.Name}' gave {rows} rows with checksum {sum} instead of {statement.Rows} with {statement.Sum}") { IsWrongResult = true };
            }

            output.Append(CultureInfo.InvariantCulture, $"{statement.Name} | {rows} | {sum}\n");
        }

        Check(Sqlite("sqlite3_close_v2", database), database, "close");
        Sqlite("free", name);
        Sqlite("free", pointer);
        return new ProgramOutput { Text = output.ToString() };
    }

    private protected override EmscriptenOptions CreateOptions() => new();

    private (long Rows, long Sum) Execute(uint database, uint pointer, SqliteStatement statement, ref uint seed)
    {
        var sql = Host.Allocate(statement.Sql);
        Check(Sqlite("sqlite3_prepare_v2", database, sql, Transient, pointer, 0), database, statement.Name);
        var prepared = Host.Read<uint>(pointer);
        var parameters = Sqlite("sqlite3_bind_parameter_count", prepared);
        long rows = 0;
        long sum = 0;
        for (var i = 1; i <= statement.Count; i++)
        {
            seed = unchecked((seed * 1664525) + 1013904223);
            var random = (seed >> 8) % 100000;
            var text = Host.Allocate($"item {random} of {i}");
            if (parameters >= 1)
            {
                Check(Sqlite("sqlite3_bind_int", prepared, 1, (uint)i), database, statement.Name);
            }

            if (parameters >= 2)
            {
                Check(Sqlite("sqlite3_bind_int", prepared, 2, random), database, statement.Name);
            }

            if (parameters >= 3)
            {
                Check(Sqlite("sqlite3_bind_text", prepared, 3, text, Transient, Transient), database, statement.Name);
            }

            while (Check(Sqlite("sqlite3_step", prepared), database, statement.Name) == Row)
            {
                rows++;
                var columns = Sqlite("sqlite3_column_count", prepared);
                for (var column = 0; column < columns; column++)
                {
                    sum = unchecked((sum * 31) + ValueOf(prepared, (uint)column));
                }
            }

            Check(Sqlite("sqlite3_reset", prepared), database, statement.Name);
            Sqlite("free", text);
        }

        Check(Sqlite("sqlite3_finalize", prepared), database, statement.Name);
        Sqlite("free", sql);
        return (rows, sum);
    }

    /// <summary>One number for a value: an integer itself, thousandths of a float, length and first byte of text, 1 for null.</summary>
    private long ValueOf(uint statement, uint column)
    {
        switch (Sqlite("sqlite3_column_type", statement, column))
        {
            case Integer:
                return (long)Raw("sqlite3_column_int64", statement, column);
            case Float:
                return (long)Math.Floor((BitConverter.UInt64BitsToDouble(Raw("sqlite3_column_double", statement, column)) * 1000) + 0.5);
            case Text or Blob:
                var address = (uint)Sqlite("sqlite3_column_text", statement, column);
                var length = Sqlite("sqlite3_column_bytes", statement, column);
                return (length * 256L) + (length > 0 ? Host.Read<byte>(address) : 0);
            default:
                return 1;
        }
    }

    private int Check(int code, uint database, string what) => code is 0 or Row or Done
        ? code
        : throw new ProgramException($"SQLite: '{what}' failed with code {code}: {(database == 0 ? string.Empty : Host.ReadText((uint)Sqlite("sqlite3_errmsg", database)))}");

    private int Sqlite(string name, params ReadOnlySpan<ulong> arguments) => (int)Raw(name, arguments);

    /// <summary>Calls an export, which is looked up once.</summary>
    private ulong Raw(string name, params ReadOnlySpan<ulong> arguments)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            _functions.Add(name, function = Host.GetFunction(name));
        }

        arguments.CopyTo(_slots);
        function.InvokeRaw(_slots);
        return _slots[0];
    }
}
