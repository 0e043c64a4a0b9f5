using System.Reflection;
using System.Runtime.InteropServices;
using Harness.Engine.Configuration;
using Library = global::Wasmtime;

namespace Harness.Experiments.Engines.Wasmtime;

/// <summary>Gives Wasmtime's configuration the values of knobs. Settings that the .NET library leaves out are made by the C interface below it.</summary>
internal static class WasmtimeConfiguration
{
    /// <summary>Winch among the strategies of the C interface; the .NET library does not have it.</summary>
    private const byte Winch = 2;

    private const ulong Mebi = 1 << 20;

    /// <summary>Makes a configuration.</summary>
    /// <param name="knobs">Knob values by name, of this engine's own knobs alone; the others are at their defaults.</param>
    public static Library.Config Create(IReadOnlyDictionary<string, string> knobs)
    {
        var config = new Library.Config();

        // The proposals that the programs of this project use; the others are as Wasmtime has them. Winch does not start with them.
        if (knobs.GetValueOrDefault(WasmtimeKnobs.Strategy.Name) != "winch")
        {
            config.WithFunctionReferences(true).WithGc(true).WithTailCalls(true).WithExceptions(true).WithMemory64(true).WithMultiMemory(true);
        }

        foreach (var (name, text) in knobs)
        {
            Apply(config, KnobCatalog.Find(name), text);
        }

        return config;
    }

    private static void Apply(Library.Config config, Knob knob, string text)
    {
        var value = knob.Parse(text);
        if (knob == WasmtimeKnobs.Strategy)
        {
            Native.SetStrategy(HandleOf(config), text == "winch" ? Winch : (byte)Library.CompilerStrategy.Cranelift);
        }
        else if (knob == WasmtimeKnobs.OptimizationLevel)
        {
            config.WithOptimizationLevel(text switch { "none" => Library.OptimizationLevel.None, "speed" => Library.OptimizationLevel.Speed, _ => Library.OptimizationLevel.SpeedAndSize });
        }
        else if (knob == WasmtimeKnobs.RegisterAllocation)
        {
            Native.SetRegisterAllocation(HandleOf(config), (byte)(text == "single_pass" ? 1 : 0));
        }
        else if (knob == WasmtimeKnobs.NanCanonicalization)
        {
            config.WithCraneliftNaNCanonicalization((bool)value);
        }
        else if (knob == WasmtimeKnobs.ParallelCompilation)
        {
            config.WithParallelCompilation((bool)value);
        }
        else if (knob == WasmtimeKnobs.SignalsBasedTraps)
        {
            config.WithSignalsBasedTraps((bool)value);
        }
        else if (knob == WasmtimeKnobs.MemoryMayMove)
        {
            config.WithMemoryMayMove((bool)value);
        }
        else if (knob == WasmtimeKnobs.MemoryInitCopyOnWrite)
        {
            config.WithMemoryInitCopyOnWrite((bool)value);
        }
        else if (knob == WasmtimeKnobs.MemoryReservation)
        {
            config.WithStaticMemoryMaximumSize((ulong)(int)value * Mebi);
        }
        else if (knob == WasmtimeKnobs.MemoryGuardSize)
        {
            config.WithMemoryGuardSize((ulong)(int)value * Mebi);
        }
        else if (knob == WasmtimeKnobs.EpochInterruption)
        {
            config.WithEpochInterruption((bool)value);
        }
        else if (knob == WasmtimeKnobs.ConsumeFuel)
        {
            config.WithFuelConsumption((bool)value);
        }
        else if (knob == WasmtimeKnobs.MaximumStack)
        {
            config.WithMaximumStackSize((int)value * 1024);
        }
        else if (knob == WasmtimeKnobs.PoolingAllocator && (bool)value)
        {
            config.WithPoolingAllocationStrategy(new Library.PoolingAllocationConfig());
        }
        else if (WasmtimeKnobs.CraneliftFlags.Contains(knob))
        {
            Native.SetFlag(HandleOf(config), knob.Name[(WasmtimeEngine.EngineName.Length + 1)..], value is bool flag ? (flag ? "true" : "false") : text);
        }
    }

    private static SafeHandle HandleOf(Library.Config config) =>
        typeof(Library.Config).GetProperty("NativeHandle", BindingFlags.Instance | BindingFlags.NonPublic)?.GetValue(config) as SafeHandle
        ?? throw new HarnessException($"this version of the Wasmtime library ({WasmtimeEngine.LibraryVersion}) does not give its configuration's handle; leave out the knobs of Cranelift");

    private static class Native
    {
        private const string LibraryName = "wasmtime";

        [DllImport(LibraryName, EntryPoint = "wasmtime_config_strategy_set")]
        public static extern void SetStrategy(SafeHandle config, byte strategy);

        [DllImport(LibraryName, EntryPoint = "wasmtime_config_cranelift_regalloc_algorithm_set")]
        public static extern void SetRegisterAllocation(SafeHandle config, byte algorithm);

        [DllImport(LibraryName, EntryPoint = "wasmtime_config_cranelift_flag_set", BestFitMapping = false, ThrowOnUnmappableChar = true)]
        public static extern void SetFlag(SafeHandle config, [MarshalAs(UnmanagedType.LPUTF8Str)] string flag, [MarshalAs(UnmanagedType.LPUTF8Str)] string value);
    }
}
