// The part of the testharness API of web-platform-tests that the specification's tests of the JavaScript API use
// (https://web-platform-tests.org/writing-tests/testharness-api.html): tests run at once, tests of promises one after the other when the script is done.
(function () {
  'use strict';
  const results = [];
  const pending = [];
  let setupFailure;

  class AssertionError extends Error {}
  const fail = (description, text) => { throw new AssertionError(description ? `${description}: ${text}` : text); };

  function formatValue(value) {
    switch (typeof value) {
      case 'string': return JSON.stringify(value);
      case 'bigint': return `${value}n`;
      case 'number': return Object.is(value, -0) ? '-0' : String(value);
      case 'function': return `function ${value.name}`;
      case 'object': {
        if (value === null) return 'null';
        if (Array.isArray(value)) return `[${value.map(formatValue).join(', ')}]`;
        if (value instanceof Error) return `${value.name}: ${value.message}`;
        return Object.prototype.toString.call(value);
      }
      default: return String(value);
    }
  }

  const wordsOf = (error) => {
    try {
      return error instanceof AssertionError ? error.message : error instanceof Error ? `${error.name}: ${error.message}` : `threw ${formatValue(error)}`;
    } catch {
      return 'threw something that cannot be shown';
    }
  };

  class Test {
    #cleanups = [];
    constructor(name) { this.name = name; }
    add_cleanup(callback) { this.#cleanups.push(callback); }
    step(callback, self = this, ...values) { return callback.apply(self, values); }
    step_func(callback, self = this) { return (...values) => callback.apply(self, values); }
    unreached_func(description) { return () => fail(description, 'reached what must not be reached'); }
    finish(failure) {
      for (const callback of this.#cleanups) {
        try {
          callback();
        } catch (error) {
          failure ??= `cleanup: ${wordsOf(error)}`;
        }
      }
      results.push({ name: this.name, failure: failure ?? null });
    }
  }

  const makeTest = (name) => new Test(String(name ?? `test ${results.length + pending.length + 1}`));

  function test(callback, name) {
    const made = makeTest(name);
    let failure;
    try {
      callback.call(made, made);
    } catch (error) {
      failure = wordsOf(error);
    }
    made.finish(failure);
  }

  function promise_test(callback, name) { pending.push([callback, makeTest(name)]); }

  function setup(callback) {
    if (typeof callback !== 'function') return;
    try {
      callback();
    } catch (error) {
      setupFailure ??= `setup: ${wordsOf(error)}`;
    }
  }

  const expected = (actual, wanted) => `expected ${formatValue(wanted)} but got ${formatValue(actual)}`;

  function assert_equals(actual, wanted, description) {
    if (typeof actual !== typeof wanted) fail(description, `expected (${typeof wanted}) ${formatValue(wanted)} but got (${typeof actual}) ${formatValue(actual)}`);
    if (!Object.is(actual, wanted)) fail(description, expected(actual, wanted));
  }

  function assert_not_equals(actual, unwanted, description) { if (Object.is(actual, unwanted)) fail(description, `got ${formatValue(actual)}, which it must not be`); }

  function assert_array_equals(actual, wanted, description) {
    if (typeof actual !== 'object' || actual === null || !('length' in actual)) fail(description, `${formatValue(actual)} is not an array`);
    if (actual.length !== wanted.length) fail(description, `expected ${wanted.length} items but got ${actual.length}: ${expected(actual, wanted)}`);
    for (let i = 0; i < wanted.length; i++) {
      if (Object.hasOwn(actual, i) !== Object.hasOwn(wanted, i) || !Object.is(actual[i], wanted[i])) fail(description, `item ${i}: ${expected(actual[i], wanted[i])}`);
    }
  }

  const caught = (callback, description) => {
    try {
      callback();
    } catch (error) {
      return error;
    }
    return fail(description, 'nothing was thrown');
  };

  function checkError(constructor, error, description) {
    if (typeof error !== 'object' || error === null) fail(description, `threw ${formatValue(error)}, which is not an object`);
    if (error.constructor !== constructor || error.name !== constructor.name) fail(description, `threw ${formatValue(error)} instead of a ${constructor.name}`);
  }

  const assert_throws_js = (constructor, callback, description) => checkError(constructor, caught(callback, description), description);

  function assert_throws_exactly(value, callback, description) {
    const error = caught(callback, description);
    if (!Object.is(error, value)) fail(description, `threw ${formatValue(error)} instead of ${formatValue(value)}`);
  }

  const rejection = (promise, description) => promise.then(() => fail(description, 'the promise was fulfilled'), (error) => error);

  const promise_rejects_js = async (owner, constructor, promise, description) => checkError(constructor, await rejection(promise, description), description);

  async function promise_rejects_exactly(owner, value, promise, description) {
    const error = await rejection(promise, description);
    if (!Object.is(error, value)) fail(description, `rejected with ${formatValue(error)} instead of ${formatValue(value)}`);
  }

  // The names of earlier versions, which limits.any.js has still: what is thrown must be an error of the same name as a given one.
  const checkLike = (wanted, error, description) => { if (error?.name !== wanted.name) fail(description, `threw ${formatValue(error)} instead of a ${wanted.name}`); };

  const assert_throws = (wanted, callback, description) => checkLike(wanted, caught(callback, description), description);

  const promise_rejects = async (owner, wanted, promise, description) => checkLike(wanted, await rejection(promise, description), description);

  const assertions = {
    assert_true: (actual, description) => assert_equals(actual, true, description),
    assert_false: (actual, description) => assert_equals(actual, false, description),
    assert_equals,
    assert_not_equals,
    assert_array_equals,
    assert_throws_js,
    assert_throws_exactly,
    promise_rejects_js,
    promise_rejects_exactly,
    assert_throws,
    promise_rejects,
    assert_class_string: (object, name, description) => assert_equals(Object.prototype.toString.call(object), `[object ${name}]`, description),
    assert_own_property: (object, name, description) => { if (!Object.hasOwn(object, name)) fail(description, `expected property ${String(name)} is missing`); },
    assert_not_own_property: (object, name, description) => { if (Object.hasOwn(object, name)) fail(description, `unexpected property ${String(name)} is there`); },
    assert_regexp_match: (actual, pattern, description) => { if (!pattern.test(actual)) fail(description, `expected ${pattern} to match ${formatValue(actual)}`); },
    assert_in_array: (actual, list, description) => { if (!list.includes(actual)) fail(description, `${formatValue(actual)} is not in ${formatValue(list)}`); },
    assert_less_than: (actual, limit, description) => { if (!(actual < limit)) fail(description, `expected less than ${formatValue(limit)} but got ${formatValue(actual)}`); },
    assert_greater_than: (actual, limit, description) => { if (!(actual > limit)) fail(description, `expected more than ${formatValue(limit)} but got ${formatValue(actual)}`); },
    assert_unreached: (description) => fail(description, 'reached what must not be reached'),
  };

  const entries = { test, promise_test, setup, done() {}, format_value: formatValue, self: globalThis, ...assertions };
  for (const [name, value] of Object.entries(entries)) Object.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });

  // Called by the runner when the script has run: what it still has to do, and then all results.
  Object.defineProperty(globalThis, 'harnessFinishTests', {
    enumerable: false,
    value: async () => {
      for (const [callback, made] of pending) {
        let failure = setupFailure;
        try {
          if (failure === undefined) await callback.call(made, made);
        } catch (error) {
          failure = wordsOf(error);
        }
        made.finish(failure);
      }
      if (setupFailure !== undefined) results.push({ name: '(setup)', failure: setupFailure });
      return JSON.stringify(results);
    },
  });
})();
