using Harness.Engine.Deoptimization;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.X64;

namespace Harness.Engine.Cache;

/// <summary>The exits of optimized code in bytes: where they are, which frames they stand for, and where their values and the fields of objects that are to be made lie.</summary>
internal static class DeoptRecord
{
    private const int Registers = 16;

    /// <summary>Writes exits.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="points">The exits.</param>
    /// <param name="typeIndices">By canonical id, the index of a type in the module.</param>
    /// <returns>False if a type has no name.</returns>
    public static bool TryWrite(RecordWriter writer, DeoptPoint[] points, Dictionary<int, int> typeIndices)
    {
        // All exits of a function have the same vectors, or none.
        var vectors = points.Select(point => point.Vectors).FirstOrDefault(constants => constants.Length > 0) ?? [];
        writer.Write((long)vectors.Length);
        foreach (var vector in vectors)
        {
            writer.Write(vector.Low);
            writer.Write(vector.High);
        }

        writer.Write((long)points.Length);
        var last = 0;
        foreach (var point in points)
        {
            writer.Write((long)point.ReturnOffset - last);
            last = point.ReturnOffset;
            writer.Write((long)point.Reason);
            writer.Write(point.Vectors.Length == 0 ? 0L : 1);
            writer.Write((long)point.Objects.Length);
            foreach (var made in point.Objects)
            {
                if (!TypeSymbols.TryName(made.TypeId, typeIndices, out var symbol))
                {
                    return false;
                }

                writer.Write((long)symbol);
                Write(writer, made.Fields);
            }

            writer.Write((long)point.Frames.Length);
            foreach (var frame in point.Frames)
            {
                writer.Write((long)frame.FunctionIndex);
                writer.Write((long)frame.BytecodeOffset);
                writer.Write((long)frame.Resume);
                writer.Write((long)frame.LocalCount);
                Write(writer, frame.Values);
            }
        }

        return true;
    }

    /// <summary>Reads exits.</summary>
    /// <param name="reader">Where they are.</param>
    /// <param name="module">The module.</param>
    /// <exception cref="InvalidDataException">There are none.</exception>
    public static DeoptData Read(ref RecordReader reader, WasmModule module)
    {
        var vectors = new V128[reader.ReadCount()];
        for (var i = 0; i < vectors.Length; i++)
        {
            vectors[i] = new V128(reader.ReadBits(), reader.ReadBits());
        }

        var points = new DeoptPoint[reader.ReadCount()];
        var returnOffset = 0;
        for (var i = 0; i < points.Length; i++)
        {
            returnOffset += reader.ReadInt();
            var reason = (DeoptReason)reader.ReadIndex((int)DeoptReason.Stress + 1);
            var own = reader.ReadIndex(2) == 1 ? vectors : [];
            var objectCount = reader.ReadCount();
            var objects = objectCount == 0 ? [] : new DeoptObject[objectCount];
            for (var j = 0; j < objects.Length; j++)
            {
                var type = TypeSymbols.Read(ref reader, module);
                objects[j] = new DeoptObject(type, ReadValues(ref reader, objectCount, own.Length));
            }

            var frames = new DeoptFrame[reader.ReadCount()];
            for (var j = 0; j < frames.Length; j++)
            {
                frames[j] = ReadFrame(ref reader, module, objectCount, own.Length);
            }

            if (frames.Length == 0)
            {
                throw RecordReader.Malformed();
            }

            points[i] = new DeoptPoint(returnOffset, reason, frames, objects) { Vectors = own };
        }

        return new DeoptData(points);
    }

    private static DeoptFrame ReadFrame(ref RecordReader reader, WasmModule module, int objects, int vectors)
    {
        var function = reader.ReadIndex(module.Functions.Length);
        if (function < module.ImportedFunctionCount)
        {
            throw RecordReader.Malformed();
        }

        var offset = reader.ReadInt();
        var resume = (ResumeKind)reader.ReadIndex((int)ResumeKind.LoopEntry + 1);
        var locals = reader.ReadInt();
        var values = ReadValues(ref reader, objects, vectors);
        return (uint)locals <= (uint)values.Length ? new DeoptFrame(function, offset, resume, locals, values) : throw RecordReader.Malformed();
    }

    private static void Write(RecordWriter writer, ValueLocation[] values)
    {
        writer.Write((long)values.Length);
        foreach (var value in values)
        {
            writer.Write(((long)value.Kind * ((int)ValueKind.Bottom + 1)) + (long)value.Type);
            writer.Write(value.Payload);
        }
    }

    private static ValueLocation[] ReadValues(ref RecordReader reader, int objects, int vectors)
    {
        var count = reader.ReadCount();
        var values = count == 0 ? [] : new ValueLocation[count];
        for (var i = 0; i < values.Length; i++)
        {
            var code = reader.ReadIndex(((int)ValueLocationKind.Object + 1) * ((int)ValueKind.Bottom + 1));
            var type = (ValueKind)(code % ((int)ValueKind.Bottom + 1));
            switch ((ValueLocationKind)(code / ((int)ValueKind.Bottom + 1)))
            {
                case ValueLocationKind.Gpr:
                    values[i] = ValueLocation.In((Gpr)reader.ReadIndex(Registers), type);
                    break;
                case ValueLocationKind.Xmm:
                    values[i] = ValueLocation.In((Xmm)reader.ReadIndex(Registers), type);
                    break;
                case ValueLocationKind.Stack:
                    values[i] = ValueLocation.OnStack(reader.ReadInt(), type);
                    break;
                case ValueLocationKind.Object:
                    values[i] = ValueLocation.Made(reader.ReadIndex(objects));
                    break;
                default:
                    var bits = reader.ReadLong();
                    if (type == ValueKind.V128 && bits != 0 && (ulong)bits >= (ulong)vectors)
                    {
                        throw RecordReader.Malformed();
                    }

                    values[i] = ValueLocation.Constant(bits, type);
                    break;
            }
        }

        return values;
    }
}
