// What a clock can tell, and whether it was set while programs were timed by it: a call during which the time of day makes a step would have a wrong time.

/** Readings of a clock of which two are right after each other. */
const readings = 1000;

/** Readings of two clocks of which one may be interrupted before the other: as many are tried, and that with the least between them counts. */
const tries = 10;

/** Steps of a clock, in ms, up to which it need not be finer: there is no other clock of any shell that is finer and that nobody sets. */
const fine = 0.002;

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

/**
 * Chooses the clock to time by, of clocks that give ms: the first with fine steps of those that nobody sets, or else one that somebody may set, which is watched by the first of the others.
 * @param monotonic the clocks that nobody sets, the finest first; there may be none
 * @param settable the other one
 * @returns the clock `now`, and the function `wasSetBy`, which tells by how many ms it was set since it was chosen
 */
export function chooseClock(monotonic, settable) {
  const now = monotonic.find((clock) => {
    const step = clockStep(clock);
    return step > 0 && step <= fine;
  });
  if (now) return { now, wasSetBy: () => 0 };
  return { now: settable, wasSetBy: monotonic.length > 0 ? watchClock(settable, monotonic[0]) : () => 0 };
}
