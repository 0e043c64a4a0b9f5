using System.Globalization;
using System.Text;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

/// <summary>
/// Writes a random function in the text format that keeps many values of all number types alive through branches, loops and
/// calls. It always ends, and does not trap.
/// </summary>
internal sealed class RandomFunction
{
    private const string Letters = "iIfF";
    private static readonly string[] Types = ["i32", "i64", "f32", "f64"];

    private static readonly string[][] Operators =
    [
        [
            "i32.add", "i32.sub", "i32.mul", "i32.and", "i32.or", "i32.xor", "i32.shl", "i32.shr_s", "i32.shr_u", "i32.rotl",
            "i32.rotr", "i32.lt_s", "i32.ge_u", "i32.eq",
        ],
        [
            "i64.add", "i64.sub", "i64.mul", "i64.and", "i64.or", "i64.xor", "i64.shl", "i64.shr_s", "i64.shr_u", "i64.rotl",
        ],
        ["f32.add", "f32.sub", "f32.mul", "f32.min", "f32.max", "f32.copysign"],
        ["f64.add", "f64.sub", "f64.mul", "f64.min", "f64.max", "f64.copysign"],
    ];

    private static readonly string[] WideOperators = ["i64.add128", "i64.sub128", "i64.mul_wide_s", "i64.mul_wide_u"];

    /// <summary>Conversions to each type, with the letter of the type that they come from.</summary>
    private static readonly (char From, string Name)[][] Conversions =
    [
        [
            ('I', "i32.wrap_i64"), ('i', "i32.clz"), ('i', "i32.extend8_s"), ('f', "i32.trunc_sat_f32_s"),
            ('F', "i32.trunc_sat_f64_u"), ('I', "i64.eqz"),
        ],
        [
            ('i', "i64.extend_i32_u"), ('i', "i64.extend_i32_s"), ('I', "i64.popcnt"), ('F', "i64.trunc_sat_f64_u"),
            ('F', "i64.trunc_sat_f64_s"),
        ],
        [('i', "f32.convert_i32_u"), ('F', "f32.demote_f64"), ('f', "f32.floor"), ('I', "f32.convert_i64_u")],
        [('I', "f64.convert_i64_u"), ('f', "f64.promote_f32"), ('F', "f64.abs"), ('F', "f64.neg"), ('i', "f64.convert_i32_s")],
    ];

    private readonly Random _random;
    private readonly StringBuilder _text = new();
    private readonly int _localsPerType;
    private readonly bool _hasCalls;
    private int _loops;

    private RandomFunction(int seed)
    {
        _random = new Random(seed);
        _localsPerType = _random.Next(2, 14);
        _hasCalls = _random.Next(3) > 0;
    }

    /// <summary>The module's fields for a seed: <c>main</c> takes an i32 and an f64 and gives an i64.</summary>
    public static string Module(int seed) => new RandomFunction(seed).Make();

    private string Make()
    {
        _text.Append("(func $mix (param i32 i64 f32 f64) (result i64) (i64.add (i64.extend_i32_u (local.get 0)) (i64.xor (local.get 1) ");
        _text.Append("(i64.add (i64.trunc_sat_f32_s (local.get 2)) (i64.trunc_sat_f64_s (local.get 3))))))\n");
        _text.Append("(func (export \"main\") (param $p i32) (param $q f64) (result i64)\n");
        foreach (var type in Types)
        {
            for (var i = 0; i < _localsPerType; i++)
            {
                Add($"(local ${type}{i} {type})");
            }
        }

        for (var i = 0; i < 4; i++)
        {
            Add($"(local $loop{i} i32)");
        }

        for (var type = 0; type < 4; type++)
        {
            for (var i = 0; i < _localsPerType; i++)
            {
                Add($"(local.set ${Types[type]}{i} {Leaf(type, fromParameters: true)})");
            }
        }

        Statements(_random.Next(5, 25), depth: 0);
        var result = "(i64.const 1)";
        for (var i = 0; i < _localsPerType; i++)
        {
            var mixed = $"(call $mix (local.get $i32{i}) (local.get $i64{i}) (local.get $f32{i}) (local.get $f64{i}))";
            result = $"(i64.rotl (i64.xor {result} {mixed}) (i64.const 7))";
        }

        Add(result + ")");
        return _text.ToString();
    }

    private void Add(string line) => _text.Append(line).Append('\n');

    private void Statements(int count, int depth)
    {
        for (var i = 0; i < count; i++)
        {
            Statement(depth);
        }
    }

    private void Statement(int depth)
    {
        switch (_random.Next(depth < 3 ? 10 : 7))
        {
            case 7:
                Add($"(if {Expression(0, 2)} (then");
                Statements(_random.Next(1, 5), depth + 1);
                Add(_random.Next(2) == 0 ? ") (else" : "");
                Statements(_random.Next(1, 4), depth + 1);
                Add("))");
                break;
            case 8 when _loops < 4:
                var counter = $"$loop{_loops++}";
                Add($"(local.set {counter} (i32.const {_random.Next(1, 6)}))");
                Add($"(block (loop {(_random.Next(2) == 0 ? $"(br_if 1 (i32.eqz (local.get {counter})))" : "")}");
                Statements(_random.Next(2, 7), depth + 1);
                Add($"(local.set {counter} (i32.sub (local.get {counter}) (i32.const 1)))");
                Add($"(br_if 0 (i32.gt_s (local.get {counter}) (i32.const 0)))))");
                break;
            case 9:
                Add("(block (block (block (block (block");
                Add($"(br_table 0 1 2 3 0 4 (i32.and {Expression(0, 2)} (i32.const 7)))");
                for (var i = 0; i < 5; i++)
                {
                    Add(")");
                    Statement(3);
                }

                break;
            default:
                var type = _random.Next(4);
                Add($"(local.set {Local(type)} {Expression(type, 3)})");
                break;
        }
    }

    private string Local(int type) => $"${Types[type]}{_random.Next(_localsPerType)}";

    private string Expression(int type, int depth)
    {
        if (depth == 0 || _random.Next(6) == 0)
        {
            return Leaf(type, fromParameters: false);
        }

        switch (_random.Next(8))
        {
            case 0:
                var (from, name) = Conversions[type][_random.Next(Conversions[type].Length)];
                return $"({name} {Expression(Letters.IndexOf(from), depth - 1)})";
            case 1:
                return $"(select {Expression(type, depth - 1)} {Expression(type, depth - 1)} {Condition(depth - 1)})";
            case 2 when type == 1 && _hasCalls:
                return $"(call $mix {Expression(0, 1)} {Expression(1, 1)} {Expression(2, 1)} {Expression(3, 1)})";
            case 4 when type == 1 && depth > 1:
                var wide = WideOperators[_random.Next(WideOperators.Length)];
                var count = wide.Contains("mul", StringComparison.Ordinal) ? 2 : 4;
                return $"(i64.xor ({wide} {string.Join(' ', Enumerable.Range(0, count).Select(_ => Expression(1, depth - 2)))}))";
            case 3 when type < 2:
                var divisor = _random.Next(2, 1000).ToString(CultureInfo.InvariantCulture);
                var operation = _random.Next(2) == 0 ? "div_u" : "rem_u";
                var nonZero = $"({Types[type]}.or {Expression(type, 1)} ({Types[type]}.const {divisor}))";
                return $"({Types[type]}.{operation} {Expression(type, depth - 1)} {nonZero})";
            default:
                var operators = Operators[type];
                return $"({operators[_random.Next(operators.Length)]} {Expression(type, depth - 1)} {Expression(type, depth - 1)})";
        }
    }

    private string Condition(int depth)
    {
        string[] relations = ["eq", "ne", "lt", "gt", "le", "ge"];
        var type = _random.Next(4);
        var relation = relations[_random.Next(relations.Length)];
        var sign = type < 2 && relation.Length == 2 && relation is not ("eq" or "ne") ? "_s" : "";
        return $"({Types[type]}.{relation}{sign} {Expression(type, depth)} {Expression(type, depth)})";
    }

    private string Leaf(int type, bool fromParameters)
    {
        var seed = _random.Next(-100, 1000);
        if (fromParameters)
        {
            return type switch
            {
                0 => $"(i32.mul (local.get $p) (i32.const {seed}))",
                1 => $"(i64.mul (i64.extend_i32_s (local.get $p)) (i64.const {seed}))",
                2 => $"(f32.mul (f32.demote_f64 (local.get $q)) (f32.const {seed}))",
                _ => $"(f64.mul (local.get $q) (f64.const {seed}))",
            };
        }

        return _random.Next(4) == 0 ? $"({Types[type]}.const {seed})" : $"(local.get {Local(type)})";
    }
}
