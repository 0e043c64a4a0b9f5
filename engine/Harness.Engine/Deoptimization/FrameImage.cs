using System.Runtime.InteropServices;
using Harness.Engine.Heap;
using Harness.Engine.Modules;
using Harness.Engine.Runtime;
using Harness.Engine.Runtime.Stacks;
using Harness.Engine.X64;

namespace Harness.Engine.Deoptimization;

/// <summary>
/// Lays out baseline frames in place of an optimized frame, or the reverse at a loop. All values are read before the first is written, since the
/// outermost frame takes over the stack parameters where they are.
/// </summary>
/// <remarks>
/// The outermost frame keeps the place, return address, saved rbp and stack parameters of the optimized one. Below each
/// frame lie the stack parameters of the function that it calls, a return address to behind that call, and the next frame.
/// A store has one image, so that a deopt allocates nothing once the buffers have their size.
/// Every value has 16 bytes here, of which those count that its type has. A vector in a slot lies at a multiple of 16 in both tiers: baseline frames of functions with vectors have slots of 16 bytes
/// (<see cref="FrameLayout.SlotSizeOf"/>), which the values of a loop take as well, and in an optimized frame it takes two slots of 8, the lower one of an even number.
/// </remarks>
internal sealed unsafe class FrameImage : IDisposable
{
    private const int InitialCapacity = 4096;

    private readonly FrameTransfer* _transfer = (FrameTransfer*)NativeMemory.AllocZeroed((nuint)sizeof(FrameTransfer));
    private byte* _buffer = (byte*)NativeMemory.Alloc(InitialCapacity);
    private nuint _capacity = InitialCapacity;
    private Frame[] _frames = new Frame[8];
    private V128[] _values = new V128[64];
    private int _frameCount;
    private int _valueCount;
    private ulong[] _objects = [];
    private V128[] _vectors = [];
    private Instance _instance = null!;
    private byte* _framePointer;

    /// <summary>Starts an image.</summary>
    /// <param name="instance">The instance of all frames.</param>
    /// <param name="framePointer">rbp of the optimized frame.</param>
    /// <param name="vectors">The vectors that constants name.</param>
    public void Begin(Instance instance, byte* framePointer, V128[] vectors)
    {
        _instance = instance;
        _vectors = vectors;
        _framePointer = framePointer;
        _frameCount = 0;
        _valueCount = 0;
    }

    /// <summary>
    /// Makes the objects that optimized code kept in pieces: all of them first, then their fields, which may refer to any. It never
    /// collects garbage, so that the references that were read, and those in frames and registers that nobody describes now, stay what
    /// they are.
    /// </summary>
    /// <exception cref="InsufficientMemoryException">The heap is full.</exception>
    public void AddObjects(DeoptObject[] objects, RegisterFile* registers)
    {
        if (objects.Length == 0)
        {
            return;
        }

        if (_objects.Length < objects.Length)
        {
            _objects = new ulong[Math.Max(objects.Length, 2 * _objects.Length)];
        }

        var heap = _instance.Store.Heap;
        for (var i = 0; i < objects.Length; i++)
        {
            var (typeId, fields) = objects[i];
            _objects[i] = TypeRegistry.Get(typeId).Struct is not null
                ? heap.NewStruct(typeId, Allocation.NeverCollect)
                : heap.NewArray(typeId, (uint)fields.Length, Allocation.NeverCollect);
        }

        for (var i = 0; i < objects.Length; i++)
        {
            var (typeId, fields) = objects[i];
            var isStruct = TypeRegistry.Get(typeId).Struct is not null;
            for (var field = 0; field < fields.Length; field++)
            {
                var (bits, highBits) = Read(fields[field], registers);
                if (isStruct)
                {
                    heap.WriteField(_objects[i], field, bits, highBits);
                }
                else
                {
                    heap.WriteElement(_objects[i], (uint)field, bits, highBits);
                }
            }
        }
    }

    /// <summary>Reads the values of the next frame, outermost first.</summary>
    /// <exception cref="InvalidOperationException">The baseline code cannot be entered there.</exception>
    public void AddFrame(DeoptFrame frame, RegisterFile* registers)
    {
        var owner = _instance.Code;
        var code = owner.BaselineWithFeedback(_instance, frame.FunctionIndex);
        var map = owner.ResumeMap(frame.FunctionIndex);
        var resume = map.Find(frame.BytecodeOffset, frame.Resume) ?? throw new InvalidOperationException(
            $"baseline code of function {frame.FunctionIndex} has no {frame.Resume} resume point at offset 0x{frame.BytecodeOffset:x}");
        if (resume.Values.Length != frame.Values.Length)
        {
            throw new InvalidOperationException(
                $"the {frame.Resume} state at offset 0x{frame.BytecodeOffset:x} of function {frame.FunctionIndex} has "
                + $"{resume.Values.Length} values in baseline code and {frame.Values.Length} in optimized code");
        }

        var pointer = _framePointer;
        if (_frameCount == _frames.Length)
        {
            Array.Resize(ref _frames, 2 * _frameCount);
        }

        if (_frameCount != 0)
        {
            ref var caller = ref _frames[_frameCount - 1];
            var type = owner.Module.Functions[frame.FunctionIndex].Type;
            pointer = caller.Bottom - SignatureLayout.StackParameterBytesOf(type) - FrameLayout.StackParameters;
        }

        _frames[_frameCount++] = new Frame
        {
            Pointer = pointer,
            Bottom = pointer - map.FrameSize,
            ResumeAddress = code.Block.Address + resume.CodeOffset,
            FeedbackVector = _instance.FeedbackVector(frame.FunctionIndex),
            Locations = resume.Values,
            FirstValue = _valueCount,
        };
        if (_valueCount + frame.Values.Length > _values.Length)
        {
            Array.Resize(ref _values, Math.Max(2 * _values.Length, _valueCount + frame.Values.Length));
        }

        foreach (var location in frame.Values)
        {
            _values[_valueCount++] = Read(location, registers);
        }
    }

    /// <summary>Lays out all frames.</summary>
    /// <returns>What is to be put on the stack.</returns>
    public FrameTransfer* Build()
    {
        ref var innermost = ref _frames[_frameCount - 1];
        Lay(innermost.Bottom, innermost.ResumeAddress);
        SetFrameRegisters(innermost.Pointer);
        for (var i = 0; i < _frameCount; i++)
        {
            ref var frame = ref _frames[i];
            Slot(frame.Pointer + FrameLayout.Instance) = (ulong)_instance.Header;
            Slot(frame.Pointer + FrameLayout.FeedbackVector) = (ulong)frame.FeedbackVector;
            if (i != 0)
            {
                Slot(frame.Pointer) = (ulong)_frames[i - 1].Pointer;
                Slot(frame.Pointer + FrameLayout.ReturnAddress) = (ulong)_frames[i - 1].ResumeAddress;
            }

            for (var j = 0; j < frame.Locations.Length; j++)
            {
                Write(frame.Pointer, frame.Locations[j], _values[frame.FirstValue + j]);
            }
        }

        return _transfer;
    }

    /// <summary>Replaces a frame of baseline code by one of optimized code that begins at a loop.</summary>
    /// <param name="instance">The instance of the frame.</param>
    /// <param name="framePointer">rbp of the frame, which both have.</param>
    /// <param name="registers">The registers at the loop's header.</param>
    /// <param name="values">Where the loop's values lie in baseline code.</param>
    /// <param name="optimized">The optimized code.</param>
    /// <returns>What is to be put on the stack.</returns>
    public FrameTransfer* BuildLoop(Instance instance, byte* framePointer, RegisterFile* registers, ResumeValues values, CompiledCode optimized)
    {
        Begin(instance, framePointer, []);
        var bottom = framePointer - optimized.FrameSize;
        Lay(bottom, optimized.Block.Address);
        SetFrameRegisters(framePointer);
        *(ulong*)(_buffer + optimized.FrameSize + FrameLayout.Instance) = (ulong)instance.Header;
        var first = _buffer + optimized.FrameSize + optimized.LoopValues;
        for (var i = 0; i < values.Length; i++)
        {
            var place = (ulong*)(first - (i * optimized.LoopValueSize));
            var (bits, highBits) = Read(values[i], registers);
            place[0] = bits;
            if (values[i].Type == ValueKind.V128)
            {
                place[1] = highBits;
            }
        }

        return _transfer;
    }

    /// <summary>Enters a handler of the frame that the image began with, which stays as it is.</summary>
    /// <param name="stackPointer">rsp in the body of its function.</param>
    /// <param name="handler">Where the handler begins.</param>
    /// <param name="exception">The exception.</param>
    /// <returns>What is to be put on the stack: nothing.</returns>
    public FrameTransfer* BuildHandler(byte* stackPointer, nint handler, ulong exception)
    {
        _transfer->StackPointer = stackPointer;
        _transfer->ImageWords = 0;
        _transfer->ResumeAddress = handler;
        _transfer->Registers[Gpr.Rax] = exception;
        SetFrameRegisters(_framePointer);
        return _transfer;
    }

    /// <summary>Describes the frames for people.</summary>
    public DeoptEvent Describe(WasmModule module, int functionIndex, DeoptReason reason, DeoptPoint point, TimeSpan time)
    {
        var frames = new RebuiltFrame[_frameCount];
        for (var i = 0; i < frames.Length; i++)
        {
            var frame = point.Frames[i];
            var values = new DeoptValue[frame.Values.Length];
            for (var j = 0; j < values.Length; j++)
            {
                var (bits, highBits) = _values[_frames[i].FirstValue + j];
                values[j] = new DeoptValue(frame.Values[j].Type, bits, highBits);
            }

            frames[i] = new RebuiltFrame(
                frame.FunctionIndex, frame.BytecodeOffset, values[..frame.LocalCount], values[frame.LocalCount..]);
        }

        return new DeoptEvent(module, functionIndex, reason, frames, time);
    }

    /// <summary>Frees the buffers.</summary>
    public void Dispose()
    {
        NativeMemory.Free(_transfer);
        NativeMemory.Free(_buffer);
    }

    /// <summary>Makes the image of what lies between a new end of the stack and the outermost frame's rbp: zeros.</summary>
    private void Lay(byte* bottom, nint resumeAddress)
    {
        var size = (nuint)(_framePointer - bottom);
        if (size > _capacity)
        {
            _buffer = (byte*)NativeMemory.Realloc(_buffer, size);
            _capacity = size;
        }

        NativeMemory.Clear(_buffer, size);
        _transfer->StackPointer = bottom;
        _transfer->Image = _buffer;
        _transfer->ImageWords = (long)size / sizeof(ulong);
        _transfer->ResumeAddress = resumeAddress;
    }

    private void SetFrameRegisters(byte* framePointer)
    {
        _transfer->Registers[Gpr.Rbp] = (ulong)framePointer;
        _transfer->Registers[Runtime.CallingConvention.Instance] = (ulong)_instance.Header;
        _transfer->Registers[Runtime.CallingConvention.MemoryBase] = (ulong)_instance.Header->MemoryBase;
    }

    /// <summary>The bits of a value, those beyond its width zero.</summary>
    private V128 Read(ValueLocation location, RegisterFile* registers)
    {
        if (location.Type == ValueKind.V128)
        {
            return ReadVector(location, registers);
        }

        var bits = location.Kind switch
        {
            ValueLocationKind.Gpr => (*registers)[(Gpr)location.Payload],
            ValueLocationKind.Xmm => (*registers)[(Xmm)location.Payload],
            ValueLocationKind.Stack => *(ulong*)(_framePointer + location.Payload),
            ValueLocationKind.Object => _objects[location.Payload],
            _ => (ulong)location.Payload,
        };
        return new V128(location.Type is ValueKind.I32 or ValueKind.F32 ? (uint)bits : bits, 0);
    }

    private V128 ReadVector(ValueLocation location, RegisterFile* registers)
    {
        switch (location.Kind)
        {
            case ValueLocationKind.Xmm:
                var register = (Xmm)location.Payload;
                return new V128((*registers)[register], registers->HighHalf(register));
            case ValueLocationKind.Stack:
                var place = (ulong*)(_framePointer + location.Payload);
                return new V128(place[0], place[1]);
            default:
                // Zero has number 0 everywhere, and is the only constant of baseline code.
                return location.Payload == 0 ? default : _vectors[location.Payload];
        }
    }

    private void Write(byte* framePointer, ValueLocation location, V128 value)
    {
        var isVector = location.Type == ValueKind.V128;
        var bits = value.Low;
        switch (location.Kind)
        {
            case ValueLocationKind.Gpr:
                _transfer->Registers[(Gpr)location.Payload] = bits;
                break;
            case ValueLocationKind.Xmm:
                _transfer->Registers[(Xmm)location.Payload] = bits;
                if (isVector)
                {
                    _transfer->Registers.HighHalf((Xmm)location.Payload) = value.High;
                }

                break;
            case ValueLocationKind.Stack:
                Slot(framePointer + location.Payload) = bits;
                if (isVector)
                {
                    Slot(framePointer + location.Payload + sizeof(ulong)) = value.High;
                }

                break;
        }
    }

    /// <summary>The place of a stack slot: in the image, or above it, where the outermost frame's parameters are.</summary>
    private ref ulong Slot(byte* address) => ref address >= _framePointer
        ? ref *(ulong*)address
        : ref *(ulong*)(_buffer + (address - _frames[_frameCount - 1].Bottom));

    /// <summary>A frame to be built.</summary>
    private struct Frame
    {
        public byte* Pointer;
        public byte* Bottom;
        public nint ResumeAddress;
        public nint FeedbackVector;
        public ResumeValues Locations;
        public int FirstValue;
    }
}
