/** Builds hellos field by field. */

export function u16(value: number): Buffer {
  return Buffer.of((value >>> 8) & 255, value & 255);
}

export function vector(lengthBytes: 1 | 2 | 3, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const length = Buffer.alloc(lengthBytes);
  length.writeUIntBE(content.length, 0, lengthBytes);
  return Buffer.concat([length, content]);
}

export function extension(type: number, ...parts: readonly Uint8Array[]): Buffer {
  return Buffer.concat([u16(type), vector(2, ...parts)]);
}

export function serverNames(...names: readonly string[]): Buffer {
  return extension(
    0,
    vector(2, ...names.map((name) => Buffer.concat([Buffer.of(0), vector(2, Buffer.from(name, 'latin1'))]))),
  );
}

export function alpn(...names: readonly string[]): Buffer {
  return extension(16, vector(2, ...names.map((name) => vector(1, Buffer.from(name, 'latin1')))));
}

export interface HelloOptions {
  readonly version?: number;
  readonly sessionId?: Uint8Array;
  readonly suites?: readonly number[];
  /** `null`: no extension block at all. */
  readonly extensions?: readonly Uint8Array[] | null;
}

export const RANDOM = Buffer.alloc(32, 0xc1);

/** The body of a ClientHello. */
export function clientHello({
  version = 0x0303,
  sessionId = Buffer.alloc(0),
  suites = [0xc02f],
  extensions = [],
}: HelloOptions = {}): Buffer {
  return Buffer.concat([
    u16(version),
    RANDOM,
    vector(1, sessionId),
    vector(2, ...suites.map(u16)),
    vector(1, Buffer.of(0)),
    ...(extensions === null ? [] : [vector(2, ...extensions)]),
  ]);
}

/** The body of a ServerHello. */
export function serverHello({
  version = 0x0303,
  sessionId = Buffer.alloc(0),
  suites = [0xc02f],
  extensions = [],
}: HelloOptions = {}): Buffer {
  return Buffer.concat([
    u16(version),
    RANDOM,
    vector(1, sessionId),
    u16(suites[0] ?? 0),
    Buffer.of(0),
    ...(extensions === null ? [] : [vector(2, ...extensions)]),
  ]);
}

/** A handshake message in a record of its own. */
export function handshakeRecord(type: number, body: Uint8Array, version = 0x0301): Buffer {
  const message = Buffer.concat([Buffer.of(type), vector(3, body)]);
  return Buffer.concat([Buffer.of(22), u16(version), vector(2, message)]);
}
