using Harness.Dart.Syntax;

namespace Harness.Dart.Semantics;

/// <summary>
/// How deep the compiler is in what a program nests: expressions, types, constants, and declarations whose types or values need those of others, all together. The parser bounds each tree, but the
/// text of one declaration may ask for the next, and that for another: what goes down by as many as a program has goes through here, so that no program is too deep for the stack. What is too deep
/// ends the compilation at once, since all that asks for it would get there again.
/// </summary>
internal sealed class Nesting
{
    // More than the highest tree has.
    private const int Maximum = 10_000;

    // As a type has its own text for each that it is made of, those that grow with each declaration take memory by the square of this.
    private const int LargestType = 4_000;

    private int _depth;

    /// <summary>Goes one level deeper, until what is returned is disposed of.</summary>
    /// <param name="file">The file of what is nested.</param>
    /// <param name="position">Its offset there.</param>
    /// <exception cref="DartCompilationException">That is too deep.</exception>
    public Level Enter(SourceFile file, int position)
    {
        Check(_depth, file, position);
        _depth++;
        return new Level(this);
    }

    /// <summary>Looks at how high something is that was made of what a program names, and that is walked later.</summary>
    /// <exception cref="DartCompilationException">It is too high.</exception>
    public static void Check(int height, SourceFile file, int position)
    {
        if (height >= Maximum)
        {
            throw new DartCompilationException([new DartError(file, position, "The program is nested too deeply here.")]);
        }
    }

    /// <summary>Looks at how large a type is, which may have another in several places, and that one others.</summary>
    /// <exception cref="DartCompilationException">It is too large.</exception>
    public static void Check(DartType type, SourceFile file, int position)
    {
        if (type.Size > LargestType)
        {
            throw new DartCompilationException([new DartError(file, position, "The type here is made of too many others.")]);
        }
    }

    /// <summary>A level that was entered.</summary>
    public readonly struct Level(Nesting nesting) : IDisposable
    {
        /// <summary>Comes back from it.</summary>
        public void Dispose() => nesting._depth--;
    }
}
