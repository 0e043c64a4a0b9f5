using Harness.Engine.Configuration;
using Harness.Experiments.Engines;
using Harness.Experiments.Results;
using Harness.Experiments.Tuning;
using Harness.Experiments.Tuning.Search;
using Harness.Experiments.Workloads;

namespace Harness.Experiments.Tests.Tuning;

public sealed class TuningFileTests
{
    private const string Rest = "\ntrain: [two-targets]\nbudget: {processes: 1000}";
    private const string Good = "knobs: {deopt: {}}" + Rest;

    [Theory]
    [InlineData("", "is empty")]
    [InlineData("knob: {}", "there is no field 'knob' here")]
    [InlineData("train: [two-targets]\nbudget: {processes: 9}", "it has no knobs to search")]
    [InlineData("engine: v9\n" + Good, "unknown engine 'v9'")]
    [InlineData("method: magic\n" + Good, "unknown method 'magic'; there are gaussian-process")]
    [InlineData("knobs: {deoptt: {}}" + Rest, "unknown knob 'deoptt'; did you mean 'deopt'?")]
    [InlineData("knobs: {deopt: {low: 1}}" + Rest, "knob 'deopt' takes on, off here; leave out low")]
    [InlineData("knobs: {deopt: {values: [on, maybe]}}" + Rest, "knob 'deopt' does not take 'maybe'")]
    [InlineData("knobs: {deopt: {values: [on]}}" + Rest, "has fewer than two values")]
    [InlineData("knobs: {deopt: {values: [on, on]}}" + Rest, "has a value twice")]
    [InlineData("knobs: {deopt: {values: [on, true]}}" + Rest, "has a value twice")]
    [InlineData("knobs: {inlining.budget: {values: [1000, 1_000]}}" + Rest, "has a value twice")]
    [InlineData("knobs: {deopt.limit: {low: 5, high: 5}}" + Rest, "low (5) must be below high (5)")]
    [InlineData("knobs: {deopt.limit: {low: 5, high: 99999999}}" + Rest, "knob 'deopt.limit' does not take '99999999'")]
    [InlineData("knobs: {deopt.limit: {low: 0, high: 5, scale: log}}" + Rest, "a logarithmic scale needs low above 0")]
    [InlineData("knobs: {deopt.limit: {scale: cubic}}" + Rest, "scale takes linear or log, not 'cubic'")]
    [InlineData("knobs: {tiering.budget: {low: 5}}" + Rest, "knob 'tiering.budget' has no largest value; write 'high: N'")]
    [InlineData("knobs: {deopt.limit: {when: {deopt: [maybe]}}}" + Rest, "knob 'deopt' does not take 'maybe'")]
    [InlineData("knobs: {deopt.limit: {when: {deopt: []}}}" + Rest, "'when' has no values for 'deopt'")]
    [InlineData("knobs: {deopt: {when: {inlining: [on]}}, inlining: {when: {deopt: [on]}}}" + Rest, "leads back to 'deopt'")]
    [InlineData("knobs: {jsc.useOMGJIT: {}}" + Rest, "knob 'jsc.useOMGJIT' does nothing on ours; leave it out, or write 'engine: jsc'")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 9}", "it does not say what to measure")]
    [InlineData("knobs: {deopt: {}}\ntrain: [two-target]\nbudget: {processes: 9}", "unknown workload 'two-target'")]
    [InlineData(Good + "\nheld-out: [targets]", "workload 'two-targets' is in train and in held-out")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 99}\ntrain: ['dart/typed-data/Vector2.dot()']\nheld-out: ['dart/typed-data/Vector2()']", "program 'dart/typed-data' has workloads in train and in held-out")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 99}\ntrain: [dart-matrix-tween-fresh]\nvalidation: [dart-matrix-tween-static]", "programs 'dart-matrix-tween-fresh' in train and 'dart-matrix-tween-static' in validation are both made of ")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 99}\ntrain: [dart-queens]\nvalidation: [shapes-one-class]\nheld-out: [shapes-four-classes]", "programs 'shapes-one-class' in validation and 'shapes-four-classes' in held-out are both made of ")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 99}\ntrain: [jetstream/box2d]\nheld-out: [jetstream/box2d-native]", "programs 'jetstream/box2d' in train and 'jetstream/box2d-native' in held-out are both made of ")]
    [InlineData("knobs: {deopt: {}}\nbudget: {processes: 99}\ntrain: [dart/list]\nheld-out: [dart/list-unopt]", "programs 'dart/list' in train and 'dart/list-unopt' in held-out are both made of ")]
    [InlineData("knobs: {deopt: {}}\ntrain: [two-targets]", "it has no budget")]
    [InlineData("knobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {}", "the budget is empty")]
    [InlineData("knobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {processes: 3}", "is too small for one batch")]
    [InlineData("method: grid\nknobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {minutes: 5}", "method grid makes a design for a number of processes, which minutes do not tell; write 'budget: {processes: 2000}'")]
    [InlineData("method: latin-hypercube\nknobs: {deopt: {}}\ntrain: [two-targets]\nbudget: {minutes: 5}", "method latin-hypercube makes a design for a number of processes")]
    [InlineData(Good + "\nobjective: {time: 0}", "the objective has no weight")]
    [InlineData(Good + "\nconstraints: {slower: 0.9}", "slower is a ratio from 1 to 100, not 0.9")]
    [InlineData(Good + "\nracing: {factor: 1}", "factor must be in 2..10, not 1")]
    [InlineData(Good + "\nconfirm-rounds: 3", "confirm-rounds must be in 8..10000, not 3")]
    [InlineData(Good + "\nweigh: workloads", "weigh takes programs or benchmarks, not 'workloads'")]
    [InlineData(Good + "\nseed: x", "the value here is of the wrong form")]
    [InlineData("method: hypervolume\n" + Good, "method hypervolume searches a front of several quantities; write 'objective: {time: 1, code: 1}'")]
    [InlineData("engine: jsc\nobjective: {time: 1, code: 0.2}\nknobs: {jsc.useOMGJIT: {}}" + Rest, "JavaScriptCore does not tell how much code it makes; leave code out of objective and constraints")]
    [InlineData("engine: jsc\nconstraints: {code: 1.1}\nknobs: {jsc.useOMGJIT: {}}" + Rest, "JavaScriptCore does not tell how much code it makes; leave code out of objective and constraints")]
    [InlineData("engine: jsc\nobjective: {pause: 1}\nknobs: {jsc.useOMGJIT: {}}" + Rest, "JavaScriptCore does not tell how long its collections take; leave pause out of objective and constraints")]
    [InlineData(Good + "\nobjective: {memory: -1}", "objective: the weight of memory must be in 0..1000, not -1")]
    [InlineData(Good + "\nobjective: {memory: }", "objective: memory has no weight; write one, or leave it out")]
    [InlineData(Good + "\nobjective: {memory: much}", "the value here is of the wrong form")]
    [InlineData(Good + "\nobjective: {size: 1}", "objective: there is no quantity 'size'; there are time, code, compile, memory, pause")]
    [InlineData(Good + "\nconstraints: {memory: 0.5}", "constraints: memory is a ratio from 1 to 100, not 0.5; write 1.05 for at most 5% more")]
    [InlineData(Good + "\nconstraints: {time: 1.1}", "constraints: there is no limit 'time'; there are slower, code, compile, memory, pause")]
    public void MistakesAreExplainedInOneLine(string text, string part)
    {
        var mistake = Assert.Throws<HarnessException>(() => TestTuning.Read(text));
        Assert.Contains(part, mistake.Message, StringComparison.Ordinal);
        Assert.Contains("test.yaml", mistake.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', mistake.Message);
    }

    [Fact]
    public void ObjectivesAndConstraintsSayWhatDecides()
    {
        var plain = TestTuning.Read(Good);
        Assert.Equal(("time 1", ""), ($"{plain.Objective}", $"{plain.Constraints}"));
        Assert.Equal([TuningQuantity.Time], plain.Deciding);
        Assert.False(plain.Constraints.IsAny);
        var weighed = TestTuning.Read(Good + "\nobjective: {memory: 0.5}\nconstraints: {slower: 1.02, code: 1.1, memory: }");
        Assert.Equal(("time 1, memory 0.5", "slower 1.02, code 1.1"), ($"{weighed.Objective}", $"{weighed.Constraints}"));
        Assert.Equal([TuningQuantity.Time, TuningQuantity.Code, TuningQuantity.Memory], weighed.Deciding);
        var front = TestTuning.Read("method: hypervolume\nobjective: {time: 0, memory: 1, compile: 1}\n" + Good);
        Assert.Equal([TuningQuantity.Compile, TuningQuantity.Memory], front.Objective.Quantities);
        Assert.False(front.WeighsObserved);
        var pauses = TestTuning.Read(Good + "\nobjective: {pause: 0.5}\nconstraints: {pause: 2}");
        Assert.Equal(("time 1, pause 0.5", "pause 2"), ($"{pauses.Objective}", $"{pauses.Constraints}"));
        Assert.True(pauses.WeighsObserved);
    }

    /// <summary>All engines tell their processes' memory; one that did not would be refused in one line.</summary>
    [Fact]
    public void WhatAnEngineDoesNotTellIsRefused()
    {
        foreach (var engine in EngineCatalog.All)
        {
            TuningQuantity.Time.RequireToldBy(engine);
            TuningQuantity.Memory.RequireToldBy(engine);
            Assert.Empty(engine.Untold.Except(ResultsView.Measured.Select(column => column.Name)));
            var silent = engine with { Untold = new HashSet<string> { "peak_memory_bytes" } };
            Assert.Equal($"{engine.Title} does not tell how much memory its processes take; leave memory out of objective and constraints", Assert.Throws<HarnessException>(() => TuningQuantity.Memory.RequireToldBy(silent)).Message);
        }

        Assert.Empty(TuningQuantity.All.Select(quantity => quantity.Column).Except(ResultsView.Measured.Select(column => column.Name)));
    }

    [Theory]
    [InlineData("{deopt: {}, deopt.limit: {low: 1, high: 50, when: {deopt: [true]}}}")]
    [InlineData("{deopt: {values: [1, false]}, deopt.limit: {low: 1, high: 50, when: {deopt: [on]}}}")]
    [InlineData("{deopt.limit: {low: 1, high: 50, when: {deopt: [1]}}, deopt: {values: [true, off]}}")]
    public void ConditionsHoldHoweverAValueIsWritten(string knobs)
    {
        var space = TestTuning.Read($"knobs: {knobs}{Rest}").Space;
        var points = ((double[][])[[0.1, 0.1], [0.1, 0.9], [0.9, 0.1], [0.9, 0.9]]).Select(space.Decode).ToList();
        Assert.All(points, values => Assert.Contains(values["deopt"], (string[])["on", "off"]));
        Assert.All(points, values => Assert.Equal(values["deopt"] == "on", values.ContainsKey("deopt.limit")));
        Assert.Equal(2, points.Select(values => values["deopt"]).Distinct().Count());
    }

    /// <summary>A condition on a knob that is not searched goes by its default.</summary>
    [Theory]
    [InlineData("true", true)]
    [InlineData("0", false)]
    public void ConditionsOnDefaultsHoldLikewise(string value, bool isActive) =>
        Assert.Equal(isActive, TestTuning.Read($"knobs: {{deopt.limit: {{low: 1, high: 50, when: {{deopt: [{value}]}}}}}}{Rest}").Space.Decode([0.5]).ContainsKey("deopt.limit"));

    /// <summary>Methods that propose one point after another need no number; those that do may have minutes as well.</summary>
    [Fact]
    public void MinutesAloneAreEnoughForMostMethods()
    {
        foreach (var method in SearchMethods.Names.Except(SearchMethods.OfFixedSize).Where(method => method != SearchMethods.OfSeveral))
        {
            Assert.Equal(5, TestTuning.Read($"method: {method}\nknobs: {{deopt: {{}}}}\ntrain: [two-targets]\nbudget: {{minutes: 5}}").Minutes);
        }

        foreach (var method in SearchMethods.OfFixedSize)
        {
            Assert.Equal(99, TestTuning.Read($"method: {method}\nknobs: {{deopt: {{}}}}\ntrain: [two-targets]\nbudget: {{minutes: 5, processes: 99}}").Processes);
        }
    }

    /// <summary>All numbers of two policies, with the choice between them.</summary>
    [Fact]
    public void ManyKnobsAreSearchedAtOnce()
    {
        string[] names =
        [
            "inlining.policy",
            .. KnobRegistry.All.Select(knob => knob.Name).Where(name => name.StartsWith("inlining.benefit.", StringComparison.Ordinal) || name.StartsWith("inlining.separate.", StringComparison.Ordinal)),
        ];
        Assert.InRange(names.Length, 20, SobolSearch.MostDimensions);
        var knobs = string.Join(", ", names.Select(name => name == "inlining.policy" ? $"{name}: {{values: [benefit, separate-budgets]}}" : $"{name}: {{}}"));
        foreach (var method in SearchMethods.Names.Where(method => method != SearchMethods.OfSeveral))
        {
            var specification = TestTuning.Read($"method: {method}\nknobs: {{{knobs}}}{Rest}");
            var values = specification.Space.Decode(SearchMethods.Create(method, specification.Space, 1, specification.Trials).Propose([]));
            Assert.Equal(names, values.Keys);
        }

        var tooMany = string.Join(", ", KnobRegistry.All.Take(SobolSearch.MostDimensions + 1).Select(knob => $"{knob.Name}: {{values: [{knob.DefaultText}]}}"));
        Assert.Contains($"it has {SobolSearch.MostDimensions + 1} knobs; at most {SobolSearch.MostDimensions} are searched at once", Assert.Throws<HarnessException>(() => TestTuning.Read($"knobs: {{{tooMany}}}{Rest}")).Message, StringComparison.Ordinal);
    }

    /// <summary>The numbers of a policy of one's own, which may be negative.</summary>
    [Fact]
    public void NumbersOfOnesOwnPolicyAreSearched()
    {
        var space = TestTuning.Read("knobs: {inlining.custom.1: {low: -2, high: 2}, inlining.custom.4: {low: 0.01, high: 100}}" + Rest).Space;
        Assert.Equal([false, true], space.Parameters.Select(parameter => parameter.Logarithmic));
        Assert.Equal("-1", space.Decode([0.25, 0.5])["inlining.custom.1"]);
        Assert.Equal("1", space.Decode([0.25, 0.5])["inlining.custom.4"]);
    }

    [Theory]
    [InlineData("inlining-limits")]
    [InlineData("v8-inlining-flags")]
    public void SpecificationsOfTheProjectKeepTheRules(string name)
    {
        var specification = TuningFile.Read(Path.Combine(ProjectLayout.Root, "experiments", "tunings", $"{name}.yaml"), ProgramCatalog.Read());
        Assert.Equal(8, specification.Train.Count);
        Assert.True(TuningSpecification.CountPrograms(specification.HeldOut) >= 6);
    }

    [Fact]
    public void ValuesKeepTheirPlacesAndConditionsLeaveKnobsOut()
    {
        var space = TestTuning.Read("knobs: {deopt: {}, deopt.limit: {low: 1, high: 1000, when: {deopt: [on]}}}" + Rest).Space;
        Assert.True(space.Parameters[1].Logarithmic);
        Assert.Equal(new Dictionary<string, string> { ["deopt"] = "on", ["deopt.limit"] = "32" }, space.Decode([0.2, 0.5]));
        Assert.Equal(new Dictionary<string, string> { ["deopt"] = "off" }, space.Decode([0.7, 0.1]));
        Assert.Equal(space.Snap([0.7, 0.1]), space.Snap([0.9, 0.8]));
        Assert.Equal(space.Decode([0.3, 0.77]), space.Decode(space.Snap([0.3, 0.77])));
    }

    /// <summary>Rows have names alone; values may have spaces and the names of other knobs in them.</summary>
    [Fact]
    public void ANameTellsTheValues()
    {
        var space = new SearchSpace(
        [
            new TuningParameter("flags", ["--a --b=1", "deopt"], 0, 0, Whole: false, Logarithmic: false),
            new TuningParameter("deopt", ["on", "off"], 0, 0, Whole: false, Logarithmic: false),
            new TuningParameter("deopt.limit", [], 1, 1000, Whole: true, Logarithmic: true, new ParameterCondition("deopt", ["on"])),
        ]);
        foreach (var point in (double[][])[[0.1, 0.1, 0.5], [0.9, 0.1, 0.99], [0.1, 0.9, 0.3], [0.9, 0.9, 0]])
        {
            var values = space.Decode(point);
            Assert.Equal(values, space.Parse(SearchSpace.NameOf(values)));
            Assert.Equal(space.Snap(point), space.PointOf(values));
        }

        Assert.Empty(space.Parse("default"));
        foreach (var wrong in (string[])["", "deopt=maybe", "flags=deopt deopt=on deopt.limit=1001", "deopt.limit=x", "deopt=on flags=deopt", "x=1"])
        {
            Assert.Contains($"'{wrong}' is no configuration", Assert.Throws<HarnessException>(() => space.Parse(wrong)).Message, StringComparison.Ordinal);
        }
    }
}
