// Adds what scripts compile and instantiate to the times of the phases, the same way on every engine with JavaScript: as long as `WebAssembly` takes for it, however they ask.

/** Wraps the functions and constructors of `WebAssembly` that make modules and instances. */
export function watchWebAssembly(phases, now) {
  const { Module } = WebAssembly;
  const compile = WebAssembly.compile.bind(WebAssembly);
  const instantiate = WebAssembly.instantiate.bind(WebAssembly);
  const timed = async (phase, action) => {
    const start = now();
    try {
      return await action();
    } finally {
      phases[phase] += now() - start;
    }
  };
  WebAssembly.compile = (source, options) => timed('compileMs', () => compile(source, options));
  // Whoever instantiates bytes does both.
  WebAssembly.instantiate = async (source, imports, options) => {
    if (source instanceof Module) return timed('instantiateMs', () => instantiate(source, imports));
    const module = await timed('compileMs', () => compile(source, options));
    return { module, instance: await timed('instantiateMs', () => instantiate(module, imports)) };
  };
  for (const [name, phase] of [['Module', 'compileMs'], ['Instance', 'instantiateMs']]) {
    const original = WebAssembly[name];
    const watched = new Proxy(original, {
      construct(target, values, newTarget) {
        const start = now();
        try {
          return Reflect.construct(target, values, newTarget === watched ? target : newTarget);
        } finally {
          phases[phase] += now() - start;
        }
      },
    });
    WebAssembly[name] = watched;
    original.prototype.constructor = watched;
  }
}
