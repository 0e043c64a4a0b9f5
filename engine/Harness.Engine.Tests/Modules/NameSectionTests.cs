using Harness.Engine.Diagnostics;
using Harness.Engine.Modules;
using Harness.Engine.Modules.Text;

namespace Harness.Engine.Tests.Modules;

/// <summary>Names of all that has an index, and what is made of them where a part is malformed.</summary>
public class NameSectionTests
{
    [Fact]
    public void EverythingMayHaveAName()
    {
        var names = WithNames(writer =>
        {
            foreach (var kind in Enum.GetValues<NamedItem>())
            {
                Write(writer, kind, $"{kind}");
            }
        }).Names;
        foreach (var kind in Enum.GetValues<NamedItem>())
        {
            Assert.Equal($"{kind}", IsInner(kind) ? names.GetName(kind, 0, 3) : names.GetName(kind, 3));
            Assert.Null(IsInner(kind) ? names.GetName(kind, 0, 2) : names.GetName(kind, 2));
        }
    }

    [Fact]
    public void WhatIsMalformedLosesItsSubsectionAlone()
    {
        var names = WithNames(writer =>
        {
            writer.Byte((byte)NamedItem.Type);
            writer.Sized(content => content.Bytes([9, 3, 1, (byte)'t', 4, 0xFF]));
            Write(writer, NamedItem.Global, "counter");
            writer.Byte(99);
            writer.Sized(content => content.Bytes([1, 2, 3]));
            Write(writer, NamedItem.Tag, "thrown");
            writer.Bytes([(byte)NamedItem.Table, 100, 1]);
        }).Names;
        Assert.Equal("t", names.GetName(NamedItem.Type, 3));
        Assert.Null(names.GetName(NamedItem.Type, 4));
        Assert.Equal("counter", names.GetName(NamedItem.Global, 3));
        Assert.Equal("thrown", names.GetName(NamedItem.Tag, 3));
        Assert.Null(names.GetName(NamedItem.Table, 1));
    }

    [Fact]
    public void NamesAreOnOneLineAndTellATerminalNothing()
    {
        var module = WithNames(writer =>
        {
            Write(writer, NamedItem.Function, "two\nlines\u2028");
            Write(writer, NamedItem.Local, "\u001b[31mred");
        });
        Assert.Equal(@"two\0alines\e2\80\a8", module.Names.GetName(NamedItem.Function, 3));
        Assert.Equal(@"\1b[31mred", module.Names.GetName(NamedItem.Local, 0, 3));
    }

    /// <summary>One name fewer than the subsection says: what follows has the form of a name, and is none of it.</summary>
    [Fact]
    public void ASubsectionDoesNotReadOnIntoTheNext()
    {
        var names = WithNames(writer =>
        {
            writer.Byte((byte)NamedItem.Type);
            writer.Sized(content => content.Bytes([2, 3, 1, (byte)'t']));
            Write(writer, NamedItem.Global, "counter");
        }).Names;
        Assert.Equal("t", names.GetName(NamedItem.Type, 3));
        Assert.Null(names.GetName(NamedItem.Type, (int)NamedItem.Global));
        Assert.Equal("counter", names.GetName(NamedItem.Global, 3));
    }

    [Fact]
    public void AfterManyMalformedSubsectionsTheRestIsNotRead()
    {
        var names = WithNames(writer =>
        {
            Write(writer, NamedItem.Tag, "thrown");
            for (var i = 0; i < 1000; i++)
            {
                writer.Bytes([(byte)NamedItem.Function, 4, 1, 0, 1, 0xFF]);
            }

            Write(writer, NamedItem.Global, "counter");
        }).Names;
        Assert.Equal("thrown", names.GetName(NamedItem.Tag, 3));
        Assert.Null(names.GetName(NamedItem.Global, 3));
    }

    [Fact]
    public void InstructionsAreShownWithNames()
    {
        const string Text = "(type (struct (field i32) (field i64) (field f32) (field $x f64))) (global i32 (i32.const 0)) (global i32 (i32.const 0)) (global i32 (i32.const 0)) (global i32 (i32.const 0))"
            + "(func (drop (global.get 3)) (drop (global.get 2)) (drop (struct.get 0 3 (struct.new_default 0))))";
        var module = WithNames(
            writer =>
            {
                Write(writer, NamedItem.Global, "counter");
                Write(writer, NamedItem.Field, "x");
            },
            Text);
        var function = module.Functions[0];
        var shown = new List<string>();
        for (var reader = module.OpenBody(function); reader.Offset < function.BodyEnd;)
        {
            if (shown.Count == 0)
            {
                reader.ReadIndex();
            }

            shown.Add(InstructionText.At(function, reader.Offset));
            reader.SkipImmediates(reader.ReadOpcode());
        }

        Assert.Equal(["global.get counter", "drop", "global.get 2", "drop", "struct.new_default 0", "struct.get 0 x", "drop", "end"], shown);
    }

    private static bool IsInner(NamedItem kind) => kind is NamedItem.Local or NamedItem.Label or NamedItem.Field;

    /// <summary>A subsection that names the fourth of its kind, where that has an owner the fourth of the first.</summary>
    private static void Write(WasmWriter writer, NamedItem kind, string name)
    {
        writer.Byte((byte)kind);
        writer.Sized(content =>
        {
            if (IsInner(kind))
            {
                content.Bytes([1, 0]);
            }

            content.Bytes([1, 3]);
            content.Name(name);
        });
    }

    private static WasmModule WithNames(Action<WasmWriter> write, string text = "")
    {
        var section = new WasmWriter();
        section.Section(SectionId.Custom, content =>
        {
            content.Name("name");
            write(content);
        });
        return WasmModule.Decode([.. WatAssembler.Assemble($"(module {text})"), .. section.Written]);
    }
}
