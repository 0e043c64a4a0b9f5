// What a clock can tell, and whether it was set while programs were timed by it: a call during which the time of day makes a step would have a wrong time.

/** Readings of a clock of which two are right after each other. */
const readings = 1000;

/** Readings of two clocks of which one may be interrupted before the other: as many are tried, and that with the least between them counts. */
const tries = 10;

/** Less than this, in ms, is told neither from the steps of the clocks nor from what passes between two readings. */
const tolerance = 0.1;

/**
 * The least time, in ms, by which a clock goes on between two readings right after each other: its step, or what it takes to read it where that is more. 0 where it did not go on at all. Its counterpart is in
 * Engines/WorkerLoop.cs.
 */
export function clockStep(now) {
  let least = Infinity;
  for (let i = 0, last = now(); i < readings; i++) {
    const time = now();
    if (time > last) least = Math.min(least, time - last);
    last = time;
  }
  return Number.isFinite(least) ? least : 0;
}

/** By how much a clock is ahead of another one, in ms. */
function difference(now, monotonic) {
  let best = { gap: Infinity, ahead: 0 };
  for (let i = 0; i < tries; i++) {
    const before = monotonic();
    const time = now();
    const gap = monotonic() - before;
    if (gap < best.gap) best = { gap, ahead: time - before };
  }
  return best.ahead;
}

/** Watches a clock by one that nobody sets, both in ms, and gives a function that tells by how much it was set since then: 0 where it was not. */
export function watchClock(now, monotonic) {
  const begun = difference(now, monotonic);
  return () => {
    const step = difference(now, monotonic) - begun;
    return Math.abs(step) < tolerance ? 0 : step;
  };
}
