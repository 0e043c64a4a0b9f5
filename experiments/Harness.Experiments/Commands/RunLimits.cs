using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Harness.Engine.Configuration;
using Harness.Engine.Runtime;

namespace Harness.Experiments.Commands;

/// <summary>The options of <c>run</c> that stop a program: after a time, or when it has done so much.</summary>
internal sealed class RunLimits : IDisposable
{
    private const double MostSeconds = 1_000_000;
    private const double MostUnits = 1e15;

    /// <summary>How often whatever has begun to run since is stopped again, once time is up.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    /// <summary>What a host may take to notice that its program was stopped; then the process ends.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(2);

    // Who tells that time is up: it is told once.
    private const int Nobody = 0;
    private const int Caller = 1;
    private const int Watchdog = 2;

    private readonly double _seconds;
    private readonly double _units;
    private readonly Timer? _timer;
    private volatile WasmEngine? _engine;
    private long _passedAt;
    private int _teller = Nobody;

    private RunLimits(double seconds, double units)
    {
        _seconds = seconds;
        _units = units;
        if (seconds > 0)
        {
            _timer = new Timer(_ => Stop(), null, TimeSpan.FromSeconds(seconds), Interval);
        }
    }

    /// <summary>Whether time is up.</summary>
    public bool IsTimeUp => Volatile.Read(ref _passedAt) != 0;

    private string TimeIsUp => string.Create(CultureInfo.InvariantCulture, $"the program was stopped after {_seconds} s (--timeout)");

    /// <summary>Makes the options.</summary>
    public static (Option<double> Timeout, Option<double> Fuel) AddTo(Command command)
    {
        var timeout = new Option<double>("--timeout") { Description = "stop the program after so many seconds", HelpName = "SECONDS" };
        var fuel = new Option<double>("--fuel") { Description = "stop the program when it has used up so many units of fuel: about one for each instruction (knob interrupt.fuel)", HelpName = "UNITS" };
        command.Add(timeout);
        command.Add(fuel);
        return (timeout, fuel);
    }

    /// <summary>Reads the options; time begins to count.</summary>
    /// <exception cref="HarnessException">One of them is out of range.</exception>
    public static RunLimits Read(ParseResult parsed, (Option<double> Timeout, Option<double> Fuel) options) => new(
        Read(parsed, options.Timeout, "a number of seconds above 0", MostSeconds, isWhole: false),
        Read(parsed, options.Fuel, "a whole number of units above 0", MostUnits, isWhole: true));

    /// <summary>The options of the engine, with fuel where it is limited.</summary>
    public EngineOptions Apply(EngineOptions options) => _units > 0 ? options with { InterruptFuel = true, InterruptFuelUnits = _units } : options;

    /// <summary>Says which engine runs the program.</summary>
    public void Watch(WasmEngine running) => _engine = running;

    /// <summary>The error in place of a trap or another failure, if a limit was the cause; else null.</summary>
    public HarnessException? Explain(Exception failure)
    {
        if (IsTimeUp)
        {
            // The watchdog may just have said so, and is ending the process.
            if (Interlocked.CompareExchange(ref _teller, Caller, Nobody) == Watchdog)
            {
                Thread.Sleep(Timeout.Infinite);
            }

            return new HarnessException(TimeIsUp, failure);
        }

        return failure is WasmTrapException { Kind: TrapKind.OutOfFuel } && _units > 0
            ? new HarnessException(string.Create(CultureInfo.InvariantCulture, $"the program was stopped: it has used up its {_units:0} units of fuel (--fuel)"), failure)
            : null;
    }

    public void Dispose() => _timer?.Dispose();

    private static double Read(ParseResult parsed, Option<double> option, string expected, double most, bool isWhole)
    {
        if (parsed.GetResult(option) is null)
        {
            return 0;
        }

        var value = parsed.GetValue(option);
        return value > 0 && value <= most && (!isWhole || value == Math.Floor(value))
            ? value
            : throw new HarnessException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} takes {expected}, at most {most:0}, not {value}"));
    }

    private void Stop()
    {
        var now = Stopwatch.GetTimestamp();
        Interlocked.CompareExchange(ref _passedAt, now, 0);
        _engine?.Interrupt();
        if (Stopwatch.GetElapsedTime(_passedAt, now) < Grace)
        {
            return;
        }

        // A script without end, or a compilation of something huge: nobody looks. It is told once.
        if (Interlocked.CompareExchange(ref _teller, Watchdog, Nobody) == Nobody)
        {
            Console.Error.WriteLine("harness: " + TimeIsUp);
        }
        else if (Stopwatch.GetElapsedTime(_passedAt, now) < 2 * Grace)
        {
            return;
        }

        Environment.Exit(2);
    }
}
