namespace Harness.Engine.Optimizer.Ir;

/// <summary>
/// A list of ids, mostly of one or two, which lie in the object that the list belongs to: whoever goes through very many of such objects touches no other memory for it. It is changed in its
/// place, and a copy is to be read only.
/// </summary>
internal struct ShortList
{
    /// <summary>How many ids lie in the list itself.</summary>
    private const int OwnCount = 2;

    /// <summary>Room that is made first for further ids.</summary>
    private const int LeastFurther = 4;

    /// <summary>Further ids that room is kept for when the list is used again.</summary>
    private const int MostKept = 32;

    private int _first;
    private int _second;

    /// <summary>The ids behind those; null if there never were any.</summary>
    private int[]? _further;

    /// <summary>Number of ids.</summary>
    public int Count { get; private set; }

    /// <summary>An id.</summary>
    public int this[int index]
    {
        readonly get => index switch
        {
            0 => _first,
            1 => _second,
            _ => _further![index - OwnCount],
        };
        set
        {
            switch (index)
            {
                case 0:
                    _first = value;
                    break;
                case 1:
                    _second = value;
                    break;
                default:
                    _further![index - OwnCount] = value;
                    break;
            }
        }
    }

    /// <summary>Adds an id at the end.</summary>
    public void Add(int id)
    {
        var place = Count - OwnCount;
        if (place >= 0 && place == (_further?.Length ?? 0))
        {
            Array.Resize(ref _further, Math.Max(LeastFurther, 2 * place));
        }

        this[Count++] = id;
    }

    /// <summary>Leaves so many ids, the first ones.</summary>
    public void Truncate(int count) => Count = count;

    /// <summary>Removes all ids.</summary>
    public void Clear() => Count = 0;

    /// <summary>Removes all ids, and lets go of much room.</summary>
    public void ClearForReuse()
    {
        Count = 0;
        if (_further?.Length > MostKept)
        {
            _further = null;
        }
    }

    /// <summary>Goes through the ids that there are now.</summary>
    public readonly Enumerator GetEnumerator() => new(this);

    /// <summary>A place in a list.</summary>
    public struct Enumerator(ShortList list)
    {
        private readonly ShortList _list = list;
        private int _index = -1;

        /// <summary>The id at the place.</summary>
        public readonly int Current => _list[_index];

        /// <summary>Goes on to the next id, if there is one.</summary>
        public bool MoveNext() => ++_index < _list.Count;
    }
}
