/** Node's types leave this to the DOM's. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** An instance of a module that needs nothing, with a memory of its own. */
export function instantiate<Exports>(moduleBase64: string): Exports {
  const module = new WebAssembly.Module(Uint8Array.from(atob(moduleBase64), (byte) => byte.charCodeAt(0)));
  return new WebAssembly.Instance(module).exports as Exports;
}
