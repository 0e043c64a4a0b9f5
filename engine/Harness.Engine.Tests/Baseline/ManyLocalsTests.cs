using System.Text;
using Harness.Engine.Configuration;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;
using Harness.Engine.Runtime;

namespace Harness.Engine.Tests.Baseline;

/// <summary>
/// Functions with thousands of locals and nested control, of which the compiler saves, compares and restores at labels only what has changed: they give
/// what the same program gives that is followed while it is written.
/// </summary>
public sealed class ManyLocalsTests
{
    [Theory]
    [InlineData(100, 400)]
    [InlineData(3000, 400)]
    [InlineData(3000, 6000)]
    [InlineData(12_000, 3000)]
    public void EveryLocalHasItsValueWhateverControlDoes(int locals, int statements)
    {
        for (var seed = 0; seed < 4; seed++)
        {
            var program = new ProgramWriter(locals, seed);
            var module = WasmModule.Decode(WatAssembler.Assemble(program.Write(statements)));
            using var engine = new WasmEngine(EngineOptions.Default.With("tier-up", "never"));
            using var store = new Store(engine);
            Assert.Equal(program.Result, store.Instantiate(module).GetFunction("f").Invoke()[0].AsI32());
        }
    }

    /// <summary>Writes a program and follows it at the same time.</summary>
    private sealed class ProgramWriter(int locals, int seed)
    {
        private const int Counter = 0;
        private const int Hash = 1;
        private const int FirstLocal = 2;
        private const int MostDepth = 12;
        private const int None = -1;

        private readonly Random _random = new(seed);
        private readonly StringBuilder _text = new();
        private readonly int[] _values = new int[locals];

        /// <summary>Labels around the current place, innermost last: whether each is a block, which a branch may leave.</summary>
        private readonly List<bool> _labels = [];

        /// <summary>The place among the labels of the one behind which control goes on; none while it goes on where it is.</summary>
        private int _reached = None;
        private int _left;

        public int Result { get; private set; }

        private bool IsReached => _reached == None;

        public string Write(int statements)
        {
            _left = statements;
            _text.Append("(module (func $g (param i32) (result i32) (i32.add (local.get 0) (i32.const 3))) (func (export \"f\") (result i32) ");
            for (var i = 0; i < locals; i++)
            {
                _text.Append("(local i32)");
            }

            while (_left > 0)
            {
                WriteStatement();
            }

            var hash = 0;
            for (var i = FirstLocal; i < locals; i++)
            {
                hash = unchecked((hash * 31) + _values[i]);
                Add($"local.get {Hash} i32.const 31 i32.mul local.get {i} i32.add local.set {Hash}");
            }

            Result = hash;
            Add($"local.get {Hash}))");
            return _text.ToString();
        }

        private void WriteStatement()
        {
            _left--;
            switch (_random.Next(_labels.Count < MostDepth ? 14 : 9))
            {
                case 0 or 1 or 2:
                    WriteSum(out _, out _, out _);
                    break;
                case 3:
                    var constant = _random.Next(100);
                    var target = AnyLocal();
                    Add($"i32.const {constant} local.set {target}");
                    if (IsReached)
                    {
                        _values[target] = constant;
                    }

                    break;
                case 4:
                    var from = AnyLocal();
                    var to = AnyLocal();
                    Add($"local.get {from} call $g local.set {to}");
                    if (IsReached)
                    {
                        _values[to] = unchecked(_values[from] + 3);
                    }

                    break;
                case 5:
                    WriteLoop();
                    break;
                case 6 or 7 or 8:
                    WriteBranch();
                    break;
                case 9 or 10:
                    WriteIf();
                    break;
                default:
                    var isBlock = _random.Next(4) != 0;
                    Add(isBlock ? "block" : "loop");
                    WriteBody(isBlock);
                    Add("end");
                    break;
            }
        }

        private void WriteSum(out int target, out int source, out int constant)
        {
            source = AnyLocal();
            target = AnyLocal();
            constant = _random.Next(1000);
            Add($"local.get {source} i32.const {constant} i32.add local.set {target}");
            if (IsReached)
            {
                _values[target] = unchecked(_values[source] + constant);
            }
        }

        /// <summary>Statements that are carried out twice.</summary>
        private void WriteLoop()
        {
            Add($"i32.const 2 local.set {Counter} loop");
            var body = new List<(int Target, int Source, int Constant)>();
            for (var i = _random.Next(1, 6); i > 0; i--)
            {
                WriteSum(out var target, out var source, out var constant);
                body.Add((target, source, constant));
            }

            Add($"local.get {Counter} i32.const 1 i32.sub local.tee {Counter} br_if 0 end");
            if (!IsReached)
            {
                return;
            }

            foreach (var (target, source, constant) in body)
            {
                _values[target] = unchecked(_values[source] + constant);
            }
        }

        private void WriteBranch()
        {
            var label = _random.Next(_labels.Count + 1) - 1;
            if (label < 0 || !_labels[label])
            {
                return;
            }

            var condition = AnyLocal();
            Add($"local.get {condition} i32.const 1 i32.and br_if {_labels.Count - 1 - label}");
            if (IsReached && (_values[condition] & 1) != 0)
            {
                _reached = label;
            }
        }

        private void WriteIf()
        {
            var condition = AnyLocal();
            Add($"local.get {condition} i32.const 1 i32.and if");
            var wasReached = IsReached;
            var isTaken = (_values[condition] & 1) != 0;
            var inside = _labels.Count;
            if (wasReached && !isTaken)
            {
                _reached = inside;
            }

            WriteBody(isBlock: true);
            if (_random.Next(2) == 0)
            {
                Add("else");
                if (wasReached && isTaken && IsReached)
                {
                    _reached = inside;
                }

                WriteBody(isBlock: true);
            }

            Add("end");
        }

        /// <summary>What is inside a label. Control that has left it goes on behind it.</summary>
        private void WriteBody(bool isBlock)
        {
            var label = _labels.Count;
            _labels.Add(isBlock);
            for (var i = _random.Next(1, 8); i > 0 && _left > 0; i--)
            {
                WriteStatement();
            }

            _labels.RemoveAt(label);
            if (_reached == label)
            {
                _reached = None;
            }
        }

        private int AnyLocal() => _random.Next(FirstLocal, locals);

        private void Add(string text) => _text.Append(text).Append(' ');
    }
}
