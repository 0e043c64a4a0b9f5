// Evaluates a script (file `script`) in QuickJS as Emscripten compiled it. An iteration is a new runtime and context of QuickJS, and prints the value of the
// script as text. QuickJsProgram makes the same calls on this engine.

export async function load(host) {
  const glue = await host.importModule(host.path('module').replace(/\.wasm$/, '.mjs'));
  const module = await glue.default({ wasmBinary: host.readBytes(host.path('module')) });
  const script = host.readText(host.path('script'));

  function allocate(text) {
    const size = module.lengthBytesUTF8(text) + 1;
    const address = module._malloc(size);
    module.stringToUTF8(text, address, size);
    return address;
  }

  return {
    iterate() {
      const runtime = module._QTS_NewRuntime();
      const context = module._QTS_NewContext(runtime, 0);
      const source = allocate(script);
      const name = allocate('benchmark.js');
      const value = module._QTS_Eval(context, source, module.lengthBytesUTF8(script), name, 0, 0);
      const error = module._QTS_ResolveException(context, value);
      const text = module._QTS_GetString(context, error || value);
      const result = module.UTF8ToString(text);
      if (error) throw new Error(`QuickJS: the script throws ${result}`);
      module._QTS_FreeCString(context, text);
      module._QTS_FreeValuePointer(context, value);
      module._QTS_FreeContext(context);
      module._QTS_FreeRuntime(runtime);
      module._free(source);
      module._free(name);
      host.print(`${result}\n`);
    },
  };
}
