using System.Runtime.InteropServices;

namespace Harness.Engine.Runtime.Stacks;

/// <summary>
/// What <see cref="Stub.Deoptimize"/> does at its end: it copies an image of frames onto the stack, loads all registers and
/// jumps into the middle of the innermost frame's code.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = RegistersOffset + RegisterFile.Size)]
internal unsafe struct FrameTransfer
{
    /// <summary>Offset of <see cref="StackPointer"/>.</summary>
    public const int StackPointerOffset = 0x00;

    /// <summary>Offset of <see cref="Image"/>.</summary>
    public const int ImageOffset = 0x08;

    /// <summary>Offset of <see cref="ImageWords"/>.</summary>
    public const int ImageWordsOffset = 0x10;

    /// <summary>Offset of <see cref="ResumeAddress"/>.</summary>
    public const int ResumeAddressOffset = 0x18;

    /// <summary>Offset of <see cref="Registers"/>.</summary>
    public const int RegistersOffset = 0x20;

    /// <summary>The new stack pointer, which the image is copied to.</summary>
    [FieldOffset(StackPointerOffset)]
    public byte* StackPointer;

    /// <summary>The image of the frames.</summary>
    [FieldOffset(ImageOffset)]
    public byte* Image;

    /// <summary>Its size in words of 8 bytes.</summary>
    [FieldOffset(ImageWordsOffset)]
    public long ImageWords;

    /// <summary>Where execution goes on.</summary>
    [FieldOffset(ResumeAddressOffset)]
    public nint ResumeAddress;

    /// <summary>The registers then; rsp and r11 are not loaded from here.</summary>
    [FieldOffset(RegistersOffset)]
    public RegisterFile Registers;
}
