using System.Security.Cryptography;
using System.Text;
using Harness.Experiments.Engines;

namespace Harness.Experiments.Tests.Engines;

/// <summary>The worker's own SHA-256 against the library's.</summary>
public sealed class Sha256Tests
{
    [Fact]
    public void HashesAreThoseOfTheLibraryAtEveryLengthAroundTheBlocks()
    {
        var bytes = new byte[1000];
        new Random(1).NextBytes(bytes);
        for (var length = 0; length <= 300; length++)
        {
            Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes.AsSpan(0, length))), Sha256.HashToHex(bytes.AsSpan(0, length)));
        }

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(bytes)), Sha256.HashToHex(bytes));
    }

    /// <summary>The example of the standard.</summary>
    [Fact]
    public void TheStandardsExampleIsRight() =>
        Assert.Equal("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad", Sha256.HashToHex(Encoding.ASCII.GetBytes("abc")));
}
