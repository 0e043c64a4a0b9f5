using Harness.Engine.Optimizer.Ir;
using Harness.Engine.Optimizer.RegisterAllocation;
using Harness.Engine.X64;

namespace Harness.Engine.Tests.Optimizer.CodeGeneration;

public class ParallelMovesTests
{
    [Fact]
    public void ACycleGoesThroughTheScratchPlace()
    {
        var machine = new Machine();
        var moves = new ParallelMoves();
        moves.Add(new Move(Location.Of(Gpr.Rax), Location.Of(Gpr.Rcx), IrType.I64));
        moves.Add(new Move(Location.Of(Gpr.Rcx), Location.Of(Gpr.Rax), IrType.I64));
        moves.Emit(machine);

        Assert.Equal(3, machine.MoveCount);
        Assert.Equal(Location.Of(Gpr.Rcx).Code, machine[Location.Of(Gpr.Rax)]);
        Assert.Equal(Location.Of(Gpr.Rax).Code, machine[Location.Of(Gpr.Rcx)]);
    }

    [Fact]
    public void MovesToWhereAValueLiesAlreadyCostNothing()
    {
        var machine = new Machine();
        var moves = new ParallelMoves();
        moves.Add(new Move(Location.Of(Gpr.Rax), Location.Of(Gpr.Rax), IrType.I64));
        moves.Emit(machine);

        Assert.Equal(0, machine.MoveCount);
    }

    [Fact]
    public void EveryPlaceGetsWhatItsSourceHeldBefore()
    {
        var random = new Random(20);
        for (var round = 0; round < 5000; round++)
        {
            // Large groups are made in another way.
            var most = round % 8 == 0 ? 200 : 14;
            Location[] places = [.. Enumerable.Range(0, random.Next(1, most)).Select(MakeLocation)];
            var targets = (Location[])places.Clone();
            random.Shuffle(targets);
            var machine = new Machine();
            var moves = new ParallelMoves();
            var expected = new Dictionary<Location, long>();
            foreach (var target in targets.Take(random.Next(1, targets.Length + 1)))
            {
                if (random.Next(8) == 0)
                {
                    moves.Add(new Move(Location.None, target, IrType.I64, -round));
                    expected[target] = -round;
                }
                else
                {
                    var source = places[random.Next(places.Length)];
                    moves.Add(new Move(source, target, IrType.I64));
                    expected[target] = source.Code;
                }
            }

            moves.Emit(machine);

            foreach (var place in places)
            {
                Assert.Equal(expected.GetValueOrDefault(place, place.Code), machine[place]);
            }
        }
    }

    private static Location MakeLocation(int index) => index >= 14 ? Location.OfSlot(index) : (index % 3) switch
    {
        0 => Location.Of((Gpr)index),
        1 => Location.Of((Xmm)index),
        _ => Location.OfSlot(index),
    };

    /// <summary>Places that hold their own number at first, and one scratch place.</summary>
    private sealed class Machine : IMoveEmitter
    {
        private readonly Dictionary<int, long> _values = [];

        public int MoveCount { get; private set; }

        public long this[Location place] => _values.GetValueOrDefault(place.Code, place.Code);

        public void EmitMove(Move move)
        {
            MoveCount++;
            _values[move.To.Code] = move.From.IsNone ? move.Constant : this[move.From];
        }

        public Location ScratchFor(IrType type) => Location.Of(Gpr.R11);
    }
}
