using Harness.Experiments.Engines.Installation;

namespace Harness.Experiments.Tests.Engines.Installation;

public sealed class DebianPackageTests
{
    [Fact]
    public void PackagesAreReadFromWhatAptWouldFetch() => Assert.Equal(
        ["libjavascriptcoregtk-4.0-bin=2.50.6-1~deb12u1", "libicu72=1:72.1-3"],
        DebianPackage.ParseUris("""
            'http://deb.example/pool/w/libjavascriptcoregtk-4.0-bin_2.50.6-1%7edeb12u1_amd64.deb' libjavascriptcoregtk-4.0-bin_2.50.6-1%7edeb12u1_amd64.deb 123 SHA256:00
            'http://deb.example/pool/i/libicu72_72.1-3_amd64.deb' libicu72_1%3a72.1-3_amd64.deb 9376280 SHA256:00
            Reading package lists...
            """));

    [Fact]
    public void WhatNobodyHasIsSaidWithTheWayOut()
    {
        var package = new DebianPackage("none", "no-such-program", "no-such-package", "nor-such-a-one");
        Assert.False(package.Inspect().IsInstalled);
        Assert.Equal("the Debian package no-such-package (or nor-such-a-one)", package.Inspect().Missing);
    }
}
