using System.Buffers.Binary;
using Harness.Engine.Modules;
using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Runtime;
using Harness.Engine.Vectors;

namespace Harness.Engine.Optimizer.Passes.Algebra;

/// <summary>
/// Algebraic rules for vector instructions: constants made of constants, lanes of what was splat, bitwise identities, and shuffles that take
/// bytes of one operand only.
/// </summary>
internal sealed class VectorRules(Graph graph, EntryConstants constants)
{
    private const int VectorBytes = 16;

    /// <summary>Applies a rule to a node; says whether one fitted.</summary>
    public bool Apply(int id)
    {
        var op = graph[id].Op;
        switch (op)
        {
            case Opcode.I8x16Splat or Opcode.I16x8Splat or Opcode.I32x4Splat or Opcode.I64x2Splat or Opcode.F32x4Splat or Opcode.F64x2Splat:
                return Splat(id);
            case Opcode.I32x4ExtractLane or Opcode.I64x2ExtractLane or Opcode.F32x4ExtractLane or Opcode.F64x2ExtractLane:
            case Opcode.I8x16ExtractLaneS or Opcode.I8x16ExtractLaneU or Opcode.I16x8ExtractLaneS or Opcode.I16x8ExtractLaneU:
                return ExtractLane(id);
            case Opcode.V128Not:
                return Not(id);
            case Opcode.V128And or Opcode.V128Or or Opcode.V128Xor or Opcode.V128Andnot:
                return Bitwise(id);
            case Opcode.I8x16Shuffle:
                return Shuffle(id);
            default:
                return VectorSelections.Of(op).IsShift ? ShiftByNothing(id) : ConstantToTheRight(id);
        }
    }

    /// <summary>Bits in a lane of the shape that a splat or an extraction is about.</summary>
    private static int LaneBits(Opcode op) => op switch
    {
        Opcode.I8x16Splat or Opcode.I8x16ExtractLaneS or Opcode.I8x16ExtractLaneU => 8,
        Opcode.I16x8Splat or Opcode.I16x8ExtractLaneS or Opcode.I16x8ExtractLaneU => 16,
        Opcode.I32x4Splat or Opcode.I32x4ExtractLane or Opcode.F32x4Splat or Opcode.F32x4ExtractLane => 32,
        _ => 64,
    };

    /// <summary>A constant in all lanes.</summary>
    private bool Splat(int id)
    {
        var operand = graph.Input(id, 0);
        if (!OperatorTable.IsConstant(graph[operand].Op))
        {
            return false;
        }

        var bits = LaneBits(graph[id].Op);
        var mask = ulong.MaxValue >> (64 - bits);
        var lanes = ((ulong)graph[operand].Immediate & mask) * (ulong.MaxValue / mask);
        return IsVector(id, new V128(lanes, lanes));
    }

    /// <summary>A lane of a constant, or of the same value in all lanes.</summary>
    private bool ExtractLane(int id)
    {
        var op = graph[id].Op;
        var operand = graph.Input(id, 0);
        var bits = LaneBits(op);
        if (bits >= 32 && graph[operand].Op == SplatOf(op))
        {
            graph.Replace(id, graph.Input(operand, 0));
            return true;
        }

        if (graph[operand].Op != Opcode.V128Const)
        {
            return false;
        }

        var vector = graph.Vectors[graph[operand].Immediate];
        var first = (int)graph[id].Immediate * bits;
        var lane = (first < 64 ? vector.Low : vector.High) >> (first & 63);
        switch (op)
        {
            case Opcode.I8x16ExtractLaneS:
                graph.Replace(id, constants.I32((sbyte)lane));
                break;
            case Opcode.I8x16ExtractLaneU:
                graph.Replace(id, constants.I32((byte)lane));
                break;
            case Opcode.I16x8ExtractLaneS:
                graph.Replace(id, constants.I32((short)lane));
                break;
            case Opcode.I16x8ExtractLaneU:
                graph.Replace(id, constants.I32((ushort)lane));
                break;
            case Opcode.I32x4ExtractLane:
                graph.Replace(id, constants.I32((int)lane));
                break;
            case Opcode.F32x4ExtractLane:
                graph.Replace(id, constants.Get(Opcode.F32Const, IrType.F32, (int)lane, default));
                break;
            case Opcode.F64x2ExtractLane:
                graph.Replace(id, constants.Get(Opcode.F64Const, IrType.F64, (long)lane, default));
                break;
            default:
                graph.Replace(id, constants.I64((long)lane));
                break;
        }

        return true;
    }

    private static Opcode SplatOf(Opcode extraction) => extraction switch
    {
        Opcode.I32x4ExtractLane => Opcode.I32x4Splat,
        Opcode.I64x2ExtractLane => Opcode.I64x2Splat,
        Opcode.F32x4ExtractLane => Opcode.F32x4Splat,
        _ => Opcode.F64x2Splat,
    };

    private bool Not(int id)
    {
        var operand = graph.Input(id, 0);
        if (graph[operand].Op == Opcode.V128Not)
        {
            graph.Replace(id, graph.Input(operand, 0));
            return true;
        }

        if (graph[operand].Op != Opcode.V128Const)
        {
            return false;
        }

        var vector = graph.Vectors[graph[operand].Immediate];
        return IsVector(id, new V128(~vector.Low, ~vector.High));
    }

    private bool Bitwise(int id)
    {
        var op = graph[id].Op;
        var x = graph.Input(id, 0);
        var y = graph.Input(id, 1);
        if (graph[x].Op == Opcode.V128Const && graph[y].Op == Opcode.V128Const)
        {
            var a = graph.Vectors[graph[x].Immediate];
            var b = graph.Vectors[graph[y].Immediate];
            return IsVector(id, op switch
            {
                Opcode.V128And => new V128(a.Low & b.Low, a.High & b.High),
                Opcode.V128Or => new V128(a.Low | b.Low, a.High | b.High),
                Opcode.V128Xor => new V128(a.Low ^ b.Low, a.High ^ b.High),
                _ => new V128(a.Low & ~b.Low, a.High & ~b.High),
            });
        }

        if (x == y)
        {
            // x & x = x | x = x; x ^ x = x & ~x = 0
            return op is Opcode.V128And or Opcode.V128Or ? IsSameAs(id, x) : IsVector(id, default);
        }

        if (IsZero(y))
        {
            return op == Opcode.V128And ? IsVector(id, default) : IsSameAs(id, x);
        }

        return ConstantToTheRight(id);
    }

    /// <summary>A shift by a multiple of the bits of a lane.</summary>
    private bool ShiftByNothing(int id)
    {
        var row = VectorSelections.Of(graph[id].Op);
        var mask = row.Recipe switch
        {
            VectorRecipe.Shift => row.Immediate,
            VectorRecipe.ShiftRightSigned64 => 63,
            _ => 7,
        };
        var count = graph.Input(id, 1);
        return graph[count].Op == Opcode.I32Const && ((int)graph[count].Immediate & mask) == 0 && IsSameAs(id, graph.Input(id, 0));
    }

    /// <summary>Bytes of one operand only: then it is both, and nothing is to be done where they are in their places.</summary>
    private bool Shuffle(int id)
    {
        var numbers = graph.Vectors[graph[id].Immediate];
        Span<byte> bytes = stackalloc byte[VectorBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, numbers.Low);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[8..], numbers.High);
        var first = graph.Input(id, 0);
        var second = graph.Input(id, 1);
        var takesFirst = false;
        var takesSecond = false;
        var isInPlace = true;
        for (var i = 0; i < VectorBytes; i++)
        {
            takesFirst |= bytes[i] < VectorBytes;
            takesSecond |= bytes[i] >= VectorBytes;
            bytes[i] %= VectorBytes;
            isInPlace &= bytes[i] == i;
        }

        if (takesFirst && takesSecond && first != second)
        {
            return false;
        }

        var only = takesFirst ? first : second;
        if (isInPlace)
        {
            return IsSameAs(id, only);
        }

        if (first == second && !takesSecond)
        {
            return false;
        }

        graph.Inputs(id)[0] = only;
        graph.Inputs(id)[1] = only;
        graph[id].Immediate = graph.Vectors.NumberOf(new V128(
            BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..])));
        return true;
    }

    private bool ConstantToTheRight(int id)
    {
        if (graph[id].InputCount != 2 || graph[graph.Input(id, 0)].Op != Opcode.V128Const || graph[graph.Input(id, 1)].Op == Opcode.V128Const
            || !VectorOperators.IsCommutative(graph[id].Op))
        {
            return false;
        }

        var inputs = graph.Inputs(id);
        (inputs[0], inputs[1]) = (inputs[1], inputs[0]);
        return true;
    }

    private bool IsZero(int id) => graph[id].Op == Opcode.V128Const && graph[id].Immediate == VectorPool.Zero;

    private bool IsSameAs(int id, int other)
    {
        graph.Replace(id, other);
        return true;
    }

    private bool IsVector(int id, V128 value)
    {
        graph.Replace(id, constants.Vector(value));
        return true;
    }
}
