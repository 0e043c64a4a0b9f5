namespace Harness.Engine.Modules.Text;

/// <summary>Parses the commands of a script.</summary>
internal sealed class WastParser(TokenCursor cursor)
{
    private const int MostNestedThreads = 16;
    private const int MostNestedAlternatives = 16;

    private int _threadDepth;
    private int _alternativeDepth;

    /// <summary>Parses the whole text.</summary>
    public List<WastCommand> Script()
    {
        var commands = new List<WastCommand>();
        if (AtModuleField())
        {
            commands.Add(new WastCommand.DefineModule(cursor.Line, new WastModule.Text(null, cursor.Line, cursor), false));
            return commands;
        }

        while (cursor.Kind != TokenKind.End)
        {
            commands.Add(Command());
        }

        return commands;
    }

    /// <summary>Whether a module's field stands here, which makes the whole text one module.</summary>
    private bool AtModuleField()
    {
        ReadOnlySpan<string> fields =
            ["type", "rec", "import", "func", "table", "memory", "global", "tag", "export", "start", "elem", "data"];
        foreach (var field in fields)
        {
            if (cursor.AtOpen(field))
            {
                return true;
            }
        }

        return false;
    }

    private WastCommand Command()
    {
        var line = cursor.Line;
        cursor.Expect(TokenKind.LeftParenthesis);
        if (cursor.TryKeyword("module"))
        {
            return ModuleCommand(line);
        }

        var keyword = cursor.Text.ToString();
        if (keyword is "invoke" or "get")
        {
            return new WastCommand.Perform(line, ActionAfterParenthesis());
        }

        cursor.Expect(TokenKind.Keyword);
        var command = keyword switch
        {
            "register" => new WastCommand.Register(line, cursor.ExpectName(), cursor.TryIdentifier()),
            "assert_return" => new WastCommand.AssertReturn(line, Action(), Patterns()),
            "assert_trap" => AssertTrap(line),
            "assert_exhaustion" => new WastCommand.AssertExhaustion(line, Action(), Message()),
            "assert_exception" => new WastCommand.AssertException(line, Action()),
            "assert_malformed" or "assert_malformed_custom" => AssertModule(line, ModuleFault.Malformed),
            "assert_invalid" or "assert_invalid_custom" => AssertModule(line, ModuleFault.Invalid),
            "assert_unlinkable" => AssertModule(line, ModuleFault.Unlinkable),
            "thread" => Thread(line),
            "wait" => new WastCommand.Wait(line, Name()),
            _ => throw Misplaced(),
        };
        cursor.Close();
        return command;
    }

    private WatException Misplaced()
    {
        cursor.Position--;
        return cursor.Unexpected();
    }

    private WastCommand ModuleCommand(int line)
    {
        if (cursor.TryKeyword("instance"))
        {
            var instance = cursor.TryIdentifier();
            var module = cursor.TryIdentifier();
            cursor.Close();
            return new WastCommand.Instantiate(line, instance, module);
        }

        var isDefinition = cursor.TryKeyword("definition");
        return new WastCommand.DefineModule(line, Module(line), isDefinition);
    }

    /// <summary>Parses a module after <c>(module</c>, with its <c>)</c>.</summary>
    private WastModule Module(int line)
    {
        var name = cursor.TryIdentifier();
        if (cursor.TryKeyword("binary"))
        {
            return new WastModule.Binary(name, line, StringsAndClose());
        }

        if (cursor.TryKeyword("quote"))
        {
            return new WastModule.Quoted(name, line, StringsAndClose());
        }

        var module = new WastModule.Text(name, line, cursor);
        cursor.SkipGroup();
        return module;
    }

    private byte[] StringsAndClose()
    {
        var bytes = cursor.Strings();
        cursor.Close();
        return bytes;
    }

    /// <summary>Parses a thread after <c>(thread</c>, without its <c>)</c>.</summary>
    private WastCommand.Thread Thread(int line)
    {
        if (_threadDepth == MostNestedThreads)
        {
            throw cursor.Error($"more than {MostNestedThreads} threads are nested", cursor.Current);
        }

        _threadDepth++;
        var name = cursor.TryIdentifier();
        var shared = new List<string>();
        while (cursor.TryOpen("shared"))
        {
            cursor.Open("module");
            shared.Add(Name());
            cursor.Close();
            cursor.Close();
        }

        var commands = new List<WastCommand>();
        while (cursor.Kind == TokenKind.LeftParenthesis)
        {
            commands.Add(Command());
        }

        _threadDepth--;
        return new WastCommand.Thread(line, name, shared, commands);
    }

    /// <summary>Parses a name that must be there.</summary>
    private string Name() => cursor.TryIdentifier() ?? throw cursor.Unexpected();

    private WastCommand AssertTrap(int line)
    {
        if (cursor.AtOpen("module"))
        {
            return AssertModule(line, ModuleFault.Trap);
        }

        return new WastCommand.AssertTrap(line, Action(), Message());
    }

    private WastCommand AssertModule(int line, ModuleFault fault)
    {
        var moduleLine = cursor.Line;
        cursor.Open("module");
        if (cursor.TryKeyword("instance"))
        {
            cursor.TryIdentifier();
            var module = cursor.TryIdentifier();
            cursor.Close();
            return new WastCommand.AssertInstance(line, module, fault, Message());
        }

        return new WastCommand.AssertModule(line, Module(moduleLine), fault, Message());
    }

    private string Message() => cursor.ExpectName();

    private WastAction Action()
    {
        cursor.Expect(TokenKind.LeftParenthesis);
        return ActionAfterParenthesis();
    }

    private WastAction ActionAfterParenthesis()
    {
        WastAction action;
        if (cursor.TryKeyword("invoke"))
        {
            action = new WastAction.Invoke(cursor.TryIdentifier(), cursor.ExpectName(), Arguments());
        }
        else
        {
            if (!cursor.TryKeyword("get"))
            {
                throw cursor.Unexpected();
            }

            action = new WastAction.Get(cursor.TryIdentifier(), cursor.ExpectName());
        }

        cursor.Close();
        return action;
    }

    private List<WastValue> Arguments()
    {
        var arguments = new List<WastValue>();
        while (cursor.Kind == TokenKind.LeftParenthesis)
        {
            if (Pattern() is not WastPattern.Exactly exactly)
            {
                throw Misplaced();
            }

            arguments.Add(exactly.Value);
        }

        return arguments;
    }

    private List<WastPattern> Patterns()
    {
        var patterns = new List<WastPattern>();
        while (cursor.Kind == TokenKind.LeftParenthesis)
        {
            patterns.Add(Pattern());
        }

        return patterns;
    }

    private WastPattern Pattern()
    {
        cursor.Expect(TokenKind.LeftParenthesis);
        var keyword = cursor.Kind == TokenKind.Keyword ? cursor.Text.ToString() : throw cursor.Unexpected();
        cursor.Advance();
        var pattern = keyword switch
        {
            "i32.const" => Exactly(WastValueKind.I32, NumberParser.Integer(cursor, 32)),
            "i64.const" => Exactly(WastValueKind.I64, NumberParser.Integer(cursor, 64)),
            "f32.const" => FloatPattern(WastValueKind.F32),
            "f64.const" => FloatPattern(WastValueKind.F64),
            "v128.const" => VectorPattern(),
            "ref.null" => Exactly(WastValueKind.NullReference, (ulong)NullType()),
            "ref.host" => Exactly(WastValueKind.HostReference, cursor.ExpectU32()),
            "ref.extern" when cursor.Kind == TokenKind.Natural =>
                Exactly(WastValueKind.ExternReference, cursor.ExpectU32()),
            "either" => Either(),
            _ => new WastPattern.AnyReference(ReferenceKind(keyword)),
        };
        cursor.Close();
        return pattern;
    }

    /// <summary>Parses alternatives after <c>(either</c>, without its <c>)</c>.</summary>
    private WastPattern.Either Either()
    {
        if (_alternativeDepth == MostNestedAlternatives)
        {
            throw cursor.Error($"more than {MostNestedAlternatives} alternatives are nested", cursor.Current);
        }

        _alternativeDepth++;
        var alternatives = Patterns();
        _alternativeDepth--;
        return new WastPattern.Either(alternatives);
    }

    private static WastPattern.Exactly Exactly(WastValueKind kind, ulong bits) => new(new WastValue(kind, bits));

    private WastPattern FloatPattern(WastValueKind kind)
    {
        if (cursor.TryKeyword("nan:canonical"))
        {
            return new WastPattern.NotANumber(kind, IsCanonical: true);
        }

        if (cursor.TryKeyword("nan:arithmetic"))
        {
            return new WastPattern.NotANumber(kind, IsCanonical: false);
        }

        return Exactly(kind, kind == WastValueKind.F32 ? NumberParser.F32(cursor) : NumberParser.F64(cursor));
    }

    private WastPattern VectorPattern()
    {
        var shape = VectorShape.Take(cursor);
        var lanes = new WastPattern[shape.LaneCount];
        var (low, high) = (0UL, 0UL);
        var isExact = true;
        for (var i = 0; i < lanes.Length; i++)
        {
            lanes[i] = LanePattern(shape);
            if (lanes[i] is WastPattern.Exactly { Value.Bits: var bits })
            {
                shape.Insert(ref low, ref high, i, bits);
            }
            else
            {
                isExact = false;
            }
        }

        return isExact ? new WastPattern.Exactly(new WastValue(WastValueKind.V128, low, high)) : new WastPattern.Lanes(shape, lanes);
    }

    private WastPattern LanePattern(VectorShape shape)
    {
        var kind = shape.LaneBits == 64 ? WastValueKind.I64 : WastValueKind.I32;
        if (!shape.IsFloat)
        {
            return Exactly(kind, VectorLiteral.TakeLane(cursor, shape));
        }

        return FloatPattern(shape.LaneBits == 64 ? WastValueKind.F64 : WastValueKind.F32);
    }

    /// <summary>The code of the heap type of a null, or 0 if there is none.</summary>
    private long NullType()
    {
        if (cursor.Kind == TokenKind.RightParenthesis)
        {
            return 0;
        }

        return new TypeAssembler(cursor, new ModuleScope()).HeapType();
    }

    private AbstractHeapType ReferenceKind(string keyword) => keyword switch
    {
        "ref.func" => AbstractHeapType.Func,
        "ref.extern" => AbstractHeapType.Extern,
        "ref.any" => AbstractHeapType.Any,
        "ref.eq" => AbstractHeapType.Eq,
        "ref.i31" => AbstractHeapType.I31,
        "ref.struct" => AbstractHeapType.Struct,
        "ref.array" => AbstractHeapType.Array,
        "ref.exn" => AbstractHeapType.Exn,
        _ => throw Misplaced(),
    };
}
