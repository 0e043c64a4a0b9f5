namespace Harness.Notebooks;

/// <summary>Something that a notebook shows: a table or a chart.</summary>
public interface IShown
{
    /// <summary>It as a piece of HTML that needs nothing from elsewhere.</summary>
    string ToHtml();
}
