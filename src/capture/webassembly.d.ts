/** The one name of the DOM's types that those of zstddec need; nothing here makes use of it. */
declare namespace WebAssembly {
  interface WebAssemblyInstantiatedSource {
    readonly instance: object;
  }
}
