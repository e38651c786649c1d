/**
 * Plain data as JSON and back, exactly: what threads and machines hand each other (share-result.ts).
 *
 * JSON has no NaN, infinity, -0, bigint, `undefined`, Map, Set or typed array; those stand as
 * `{"$": kind, "of": content}`. Objects without a prototype, which tables keyed by captured text are,
 * come back without one, so that a key like `constructor` or `__proto__` finds nothing that nobody put
 * there. Objects of classes are no plain data: whoever keeps one in a tally is told so.
 */

/** The property that marks what JSON has no form for. */
const MARK = '$';

const TYPED_ARRAYS = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
} as const;
type TypedArrayName = keyof typeof TYPED_ARRAYS;

/** What is marked, by kind. */
type Marked =
  | { readonly $: 'number' | 'bigint'; readonly of: string }
  | { readonly $: 'undefined' }
  | { readonly $: 'map' | 'entries' | 'bare'; readonly of: readonly (readonly [unknown, unknown])[] }
  | { readonly $: 'set'; readonly of: readonly unknown[] }
  | { readonly $: TypedArrayName; readonly of: readonly unknown[] };

/** Something in the data is none. */
export class NotPlainError extends Error {
  /** Where it stands. */
  path = '';

  constructor(private readonly what: string) {
    super();
  }

  override get message(): string {
    return `${this.path}: ${this.what} is not plain data`;
  }
}

/** @throws {NotPlainError} where something is no plain data */
export function plainText(value: unknown): string {
  return JSON.stringify(written(value));
}

/** What {@link plainText} made text of. @throws {SyntaxError} for a text that it did not make */
export function plainDataOf(text: string): unknown {
  return read(JSON.parse(text));
}

function written(value: unknown): unknown {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return value;
    case 'number':
      return isExact(value) ? value : { [MARK]: 'number', of: Object.is(value, -0) ? '-0' : String(value) };
    case 'bigint':
      return { [MARK]: 'bigint', of: String(value) };
    case 'undefined':
      return { [MARK]: 'undefined' };
    case 'object':
      return value === null ? null : writtenObject(value);
    default:
      throw new NotPlainError(`a ${typeof value}`);
  }
}

function writtenObject(value: object): unknown {
  if (Array.isArray(value)) return writtenList(value);
  if (value instanceof Map) return { [MARK]: 'map', of: writtenList([...value]) };
  if (value instanceof Set) return { [MARK]: 'set', of: writtenList([...value]) };
  if (ArrayBuffer.isView(value)) {
    const name = value.constructor.name;
    if (!isTypedArrayName(name)) throw new NotPlainError(`a ${name}`);
    return { [MARK]: name, of: writtenList([...(value as Iterable<number> & ArrayBufferView)]) };
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== null && prototype !== Object.prototype)
    throw new NotPlainError(`an object of class ${value.constructor.name}`);
  const entries = Object.entries(value).map(([key, item]) => [key, within(`.${key}`, item)] as const);
  if (prototype === null) return { [MARK]: 'bare', of: entries };
  // JSON.parse makes `__proto__` a property like others; an object that is built by assignment would not.
  return Object.hasOwn(value, MARK) || Object.hasOwn(value, '__proto__')
    ? { [MARK]: 'entries', of: entries }
    : Object.fromEntries(entries);
}

/** Long columns of numbers are the most of a tally: they are passed on as they are. */
function writtenList(list: readonly unknown[]): readonly unknown[] {
  if (list.every((item) => typeof item === 'number' && isExact(item))) return list;
  return Array.from(list, (item, at) => within(`[${at}]`, item));
}

/** Writes what stands at `step`, which an error's path then names. */
function within(step: string, item: unknown): unknown {
  if (typeof item === 'string') return item;
  try {
    return written(item);
  } catch (error) {
    if (error instanceof NotPlainError) error.path = `${step}${error.path}`;
    throw error;
  }
}

/** JSON writes a finite number so that the same one is read. */
function isExact(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

function isTypedArrayName(name: string): name is TypedArrayName {
  return Object.hasOwn(TYPED_ARRAYS, name);
}

/** Arrays and unmarked objects are read in place. */
function read(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length; at += 1) {
      const item: unknown = value[at];
      if (typeof item === 'object') value[at] = read(item);
    }
    return value;
  }
  if (isMarked(value)) return readMarked(value);
  const record = value as Record<string, unknown>;
  for (const key of Object.keys(record)) {
    const item = record[key];
    if (typeof item === 'object') record[key] = read(item);
  }
  return record;
}

function isMarked(value: object): value is Marked {
  return Object.hasOwn(value, MARK);
}

function readMarked(marked: Marked): unknown {
  switch (marked.$) {
    case 'number':
      return Number(marked.of);
    case 'bigint':
      return BigInt(marked.of);
    case 'undefined':
      return undefined;
    case 'map':
      return new Map(marked.of.map(([key, item]) => [read(key), read(item)]));
    case 'set':
      return new Set(marked.of.map(read));
    case 'entries':
      return Object.fromEntries(marked.of.map(([key, item]) => [String(key), read(item)]));
    case 'bare': {
      const bare = Object.create(null) as Record<string, unknown>;
      for (const [key, item] of marked.of) bare[String(key)] = read(item);
      return bare;
    }
    default:
      if (!isTypedArrayName(marked.$)) throw new SyntaxError(`unknown kind of data: ${String(marked.$)}`);
      return TYPED_ARRAYS[marked.$].from(marked.of.map((item) => Number(read(item))));
  }
}
