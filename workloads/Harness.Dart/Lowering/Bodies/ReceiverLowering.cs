using Harness.Dart.Ir;
using Harness.Dart.Lowering.Model;
using Harness.Dart.Lowering.Module;
using Harness.Dart.Semantics;
using Harness.Dart.Syntax;
using Node = Harness.Dart.Ir.Node;

namespace Harness.Dart.Lowering.Bodies;

/// <summary>The receivers <c>this</c> and <c>super</c>.</summary>
internal sealed class ReceiverLowering(FunctionLowering body)
{
    private readonly FunctionLowering _body = body;
    private readonly DartProgram _program = body.Program.Program;
    private readonly TypeSystem _types = body.Program.Types;
    private readonly Representations _reprs = body.Reprs;
    private readonly ClassLayouts _layouts = body.Program.Layouts;
    private readonly TargetTypes _target = body.Program.Target;
    private readonly FunctionState _state = body.State;
    private readonly NodeOutput _output = body.Output;
    private readonly VariablePlaces _places = body.Places;

    /// <summary>The receiver; null where there is none.</summary>
    public Node? ThisPlace()
    {
        for (var f = _body; f is not null; f = f.State.Parent)
        {
            if (f.State.This is { } self)
            {
                return _places.Place(self);
            }
        }

        return null;
    }

    /// <summary>The receiver, as <see cref="ThisPlace"/> has it, as a value of a type.</summary>
    public Val This(Node place, DartType type) => new(place, type) { IsOwn = EnclosingClass() is { IsStatic: false } };

    /// <summary>Whether a node reads the receiver of the method that is lowered, in its own local.</summary>
    public bool IsThis(Node node) => _state.This?.Local is { } local && node.Op == IrOp.Get && ReferenceEquals(node.Data, local);

    /// <summary>The static type of the receiver.</summary>
    public DartType? ThisType()
    {
        for (var f = _body; f is not null; f = f.State.Parent)
        {
            if (f.State.This is not null)
            {
                return f.State.ThisType;
            }
        }

        return null;
    }

    /// <summary>The static type of the receiver of a member that the text around declares: within an extension, the extension, whatever objects have by the name themselves.</summary>
    /// <param name="isLexical">Whether the text around does declare it.</param>
    public DartType? ImplicitType(bool isLexical) => isLexical && LexicalClass() is { Node.Kind: ClassKind.Extension } extension ? extension.ThisType : ThisType();

    /// <summary>The class in whose text this is.</summary>
    public ClassElement? LexicalClass() => _state.Member?.Lexical ?? _state.Parent?.Receivers.LexicalClass() ?? (_state.Parent is null ? _state.Scope.Class : null);

    /// <summary>The class whose member is lowered, also within closures.</summary>
    public ClassElement? EnclosingClass() => _state.Class ?? _state.Parent?.Receivers.EnclosingClass();

    /// <summary>
    /// The type by which a member is taken of the superclass: the superclass, and in a mixin, which does not know that, the one of the types that the mixin is on whose member counts. Null where there is no superclass.
    /// </summary>
    /// <param name="name">The member's name, a setter's as <c>name=</c>.</param>
    public InterfaceType? SuperType(string name)
    {
        if (EnclosingClass() is not { DeclaredSupertype: { } super } cls)
        {
            return null;
        }

        var application = cls.Original ?? cls;
        if (application.AppliedMixin is not { Node: { Kind: ClassKind.Mixin } node } mixin || LexicalClass() != mixin || application.Interfaces.Find(i => i.Class == mixin) is not { } applied)
        {
            return super;
        }

        var map = applied.Map();
        List<InterfaceType> on = [.. mixin.Interfaces.Skip(node.Implements.Count).Select(type => (InterfaceType)type.Substitute(map))];
        return _types.TypeWith(on, name) ?? on.FirstOrDefault() ?? _program.Object;
    }

    /// <summary>The receiver as an object of the superclass.</summary>
    /// <param name="name">The member that it is asked for, a setter as <c>name=</c>.</param>
    /// <param name="at">Where.</param>
    public Val SuperReceiver(string name, Syntax.Node at)
    {
        var self = ThisPlace() ?? throw _state.Error(at, "Can't use 'super' here.");
        return new Val(self, SuperType(name) ?? throw _state.Error(at, "'super' can be used only in members of a class with a superclass."));
    }

    /// <summary>A member for a <c>super</c> call: only what the superclass implements counts, or what it answers by its noSuchMethod.</summary>
    public void CheckSuperMember(string name, Syntax.Node at)
    {
        if (EnclosingClass()?.DeclaredSupertype is not { Class: var super })
        {
            throw _state.Error(at, "'super' can be used only in members of a class with a superclass.");
        }

        if (TypeSystem.FindImplementation(super, name) is null && EnclosingClass()!.Node.Kind != ClassKind.Mixin && !AnswersTo(super, name))
        {
            throw _state.Error(at, $"Superclass has no member named '{name}'.");
        }
    }

    // Whether objects of a class, or of one above it, answer to a member of the interface by a noSuchMethod of their own.
    private bool AnswersTo(ClassElement cls, string name)
    {
        for (var c = cls; c is not null; c = c.Supertype?.Class)
        {
            if (!c.IsAbstract && TypeSystem.FindImplementation(c, "noSuchMethod") is { } handler && handler.Owner != _program.Object.Class && _types.FindMember(c.ThisType, name) is not null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Makes a parameter the receiver, cast to what objects of the class are.</summary>
    public void BindThis(IrLocal receiver)
    {
        var type = _state.Class!.ThisType;
        if (_state.Class.Node.Kind == ClassKind.Extension) { BindThisAs(receiver, _state.Class.OnType!); return; }

        if (_state.Class.IsExtensionType) { BindThisAs(receiver, type); return; }

        var own = WType.Ref(_reprs.StructOf(_state.Class) is var repr && _state.Class.Library.IsCore && _state.Class.Name is "int" or "double" or "bool" ? _layouts.Of(_state.Class).Struct : _layouts.Of(_state.Class).Struct.IsSubtypeOf(repr) ? _layouts.Of(_state.Class).Struct : repr);
        if (_state.Class == _program.Object.Class || _state.Class.Library.IsCore && _state.Class.Name is "num" or "Comparable" or "_Enum" && _reprs.StructOf(_state.Class) == _target.Top)
        {
            own = _target.TopRef;
        }

        if (_state.Class.Library.IsCore && _state.Class.Name is "int" or "double" or "bool" && _state.Class.Library.IsCore)
        {
            // Numbers are not boxed within their own methods.
            var value = _state.Function.AddLocal(_reprs.Of(type), "this", definite: true);
            _output.Nodes.Add(Node.Set(value, _reprs.Convert(Node.Get(receiver), value.Type)));
            _state.This = new LocalVariable("this", type) { Owner = _body, Local = value, Repr = value.Type };
            _state.ThisType = type;
            return;
        }

        var local = receiver;
        if (!receiver.Type.IsSubtypeOf(own))
        {
            local = _state.Function.AddLocal(own, "this", definite: true);
            _output.Nodes.Add(Node.Set(local, Node.Cast(own, Node.Get(receiver))));
        }

        _state.This = new LocalVariable("this", type) { Owner = _body, Local = local, Repr = local.Type };
        _state.ThisType = type;
    }

    /// <summary>Makes a local the receiver, of a type.</summary>
    public void BindThisAs(IrLocal receiver, DartType type)
    {
        _state.This = new LocalVariable("this", type) { Owner = _body, Local = receiver, Repr = receiver.Type };
        _state.ThisType = type;
    }
}
