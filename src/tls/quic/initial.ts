/**
 * QUIC Initial packets of clients, opened with the keys that their own connection id gives: they are
 * protected from nothing but accident. RFC 9001 §5.2, RFC 9369 §3.3.
 */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto';
import { hex } from '../client-hello.js';
import { expandLabel } from '../decryption/key-derivation.js';

const VERSION_2 = 0x6b3343cf;

interface VersionKeys {
  readonly salt: Uint8Array;
  readonly prefix: 'quic' | 'quicv2';
}

/** RFC 9001 §5.2. */
const V1: VersionKeys = { salt: Buffer.from('38762cf7f55934b34d179ae6a4c80cadccbb7f0a', 'hex'), prefix: 'quic' };
/** RFC 9369 §3.3.1 and §3.3.2. */
const V2: VersionKeys = { salt: Buffer.from('0dede3def700a6db819381be6e269dcbf9bd2ed9', 'hex'), prefix: 'quicv2' };

/** Connection ids have 8 to 20 bytes in a client's first packets. RFC 9000 §7.2, §17.2. */
const MIN_CONNECTION_ID = 8;
const MAX_CONNECTION_ID = 20;
const TAG_BYTES = 16;
const SAMPLE_BYTES = 16;
const IV_BYTES = 12;

/** An Initial packet, opened. */
export interface OpenedInitial {
  /** The connection id that the client chose for the server, in hex: names the connection until the server answers. */
  readonly connectionId: string;
  /** Its frames; `null`: it does not open with a client's keys. */
  readonly frames: Uint8Array | null;
  /** Where the datagram goes on. */
  readonly end: number;
}

/** Opens the Initial packet at `start` of a datagram [start, end); `null` where there is none that could be read. RFC 9000 §17.2.2. */
export function openInitial(view: Uint8Array, start: number, end: number): OpenedInitial | null {
  const reader = new VariableReader(view, start, end);
  const first = reader.byte();
  const version = reader.byte() * 0x100_0000 + reader.byte() * 0x1_0000 + reader.byte() * 0x100 + reader.byte();
  const isV2 = version === VERSION_2;
  if (reader.broken || (first & 0xc0) !== 0xc0 || (!isV2 && version !== 1) || ((first >>> 4) & 3) !== (isV2 ? 1 : 0)) {
    return null;
  }
  const idLength = reader.byte();
  const idAt = reader.skip(idLength);
  const sourceLength = reader.byte();
  reader.skip(sourceLength);
  reader.skip(reader.variable()); // the token
  const length = reader.variable();
  const numberAt = reader.at;
  const packetEnd = reader.skip(length) + length;
  if (reader.broken || idLength < MIN_CONNECTION_ID || idLength > MAX_CONNECTION_ID || sourceLength > MAX_CONNECTION_ID)
    return null;
  if (length < 4 + SAMPLE_BYTES) return null;
  const keys = clientKeys(isV2 ? V2 : V1, view.subarray(idAt, idAt + idLength));
  const frames = opened(view, start, numberAt, packetEnd, keys);
  return { connectionId: hex(view, idAt, idLength), frames, end: packetEnd };
}

interface PacketKeys {
  readonly key: Uint8Array;
  readonly iv: Uint8Array;
  readonly headerKey: Uint8Array;
}

function clientKeys({ salt, prefix }: VersionKeys, connectionId: Uint8Array): PacketKeys {
  const initial = createHmac('sha256', salt).update(connectionId).digest();
  const secret = expandLabel('sha256', initial, 'client in', 32);
  return {
    key: expandLabel('sha256', secret, `${prefix} key`, 16),
    iv: expandLabel('sha256', secret, `${prefix} iv`, IV_BYTES),
    headerKey: expandLabel('sha256', secret, `${prefix} hp`, 16),
  };
}

/** Takes off header protection and then the packet's. RFC 9001 §5.3, §5.4. */
function opened(view: Uint8Array, start: number, numberAt: number, end: number, keys: PacketKeys): Uint8Array | null {
  const { iv, key, headerKey } = keys;
  // RFC 9001 §5.4.2: the sample begins where the packet number would end if it had four bytes.
  const sample = view.subarray(numberAt + 4, numberAt + 4 + SAMPLE_BYTES);
  const mask = createCipheriv('aes-128-ecb', headerKey, null).setAutoPadding(false).update(sample);
  const first = (view[start] ?? 0) ^ ((mask[0] ?? 0) & 0x0f);
  const numberLength = (first & 3) + 1;
  const header = Buffer.from(view.subarray(start, numberAt + numberLength));
  header[0] = first;
  const nonce = Buffer.from(iv);
  for (let index = 0; index < numberLength; index += 1) {
    const at = header.length - numberLength + index;
    const byte = (header[at] ?? 0) ^ (mask[1 + index] ?? 0);
    header[at] = byte;
    const nonceAt = IV_BYTES - numberLength + index;
    nonce[nonceAt] = (nonce[nonceAt] ?? 0) ^ byte;
  }
  const tagAt = end - TAG_BYTES;
  if (tagAt < numberAt + numberLength) return null;
  try {
    const decipher = createDecipheriv('aes-128-gcm', key, nonce, { authTagLength: TAG_BYTES });
    decipher.setAuthTag(view.subarray(tagAt, end));
    decipher.setAAD(header);
    const frames = decipher.update(view.subarray(numberAt + numberLength, tagAt));
    decipher.final();
    return frames;
  } catch {
    return null;
  }
}

/** Reads bytes and variable-length integers, RFC 9000 §16; running over makes it `broken` and what is read 0. */
export class VariableReader {
  broken = false;

  constructor(
    private readonly view: Uint8Array,
    public at: number,
    private readonly end: number,
  ) {}

  get left(): number {
    return this.end - this.at;
  }

  byte(): number {
    return this.view[this.skip(1)] ?? 0;
  }

  /** Moves past `length` bytes and gives where they began. */
  skip(length: number): number {
    const from = this.at;
    if (length > this.end - from) {
      this.broken = true;
      this.at = this.end;
      return from;
    }
    this.at += length;
    return from;
  }

  variable(): number {
    const first = this.byte();
    let value = first & 0x3f;
    for (let more = (1 << (first >>> 6)) - 1; more > 0; more -= 1) value = value * 256 + this.byte();
    return this.broken ? 0 : value;
  }
}
