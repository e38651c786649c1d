/** Feeds what two sides sent to a decoder, and takes down what it tells. */
import type { EndOfDirection, InOrder } from '../../src/bytes/in-order.js';
import type { Side } from '../../src/facts/endpoint.js';
import type { TlsFacts } from '../../src/facts/tls.js';
import { TlsDecoder } from '../../src/tls/decoder.js';
import type { DeferredTags } from '../../src/tls/decryption/deferred-tags.js';
import { KeyLog } from '../../src/tls/key-log.js';

/** What one side sent, a packet each; or bytes of it that were lost; or its end. */
export type Sent =
  | { readonly from: Side; readonly bytes: Uint8Array }
  | { readonly from: Side; readonly gap: number }
  | { readonly from: Side; readonly end: EndOfDirection };

/** What came of it. Packets are numbered from 1; gaps and ends have numbers too. */
export interface Told {
  readonly facts: TlsFacts;
  /** Latin-1, with `<gap n>` and `<end how>`. */
  readonly plaintext: { readonly client: string; readonly server: string };
  /** The packets that plaintext came with. */
  readonly packets: readonly number[];
  /** Handshake messages with their headers, in hex: those in clear and those decrypted. */
  readonly messages: { readonly client: readonly string[]; readonly server: readonly string[] };
  readonly anomalies: readonly string[];
}

/** How a packet's bytes reach the decoder. */
export type Cut = (reader: InOrder, bytes: Uint8Array, packet: number) => void;

export const whole: Cut = (reader, bytes, packet) => reader.bytes(bytes, 0, bytes.length, packet, packet * 1000);

export const byteByByte: Cut = (reader, bytes, packet) => {
  for (let at = 0; at < bytes.length; at += 1) reader.bytes(bytes, at, at + 1, packet, packet * 1000);
};

/** In two pieces, cut at `position`, with the bytes of both surrounded by others that are gone afterwards. */
export const cutAt =
  (position: number): Cut =>
  (reader, bytes, packet) => {
    const pieces = [bytes.subarray(0, position), bytes.subarray(position)].filter((piece) => piece.length > 0);
    for (const piece of pieces) {
      const buffer = new Uint8Array(piece.length + 64).fill(0x16);
      buffer.set(piece, 32);
      reader.bytes(buffer, 32, 32 + piece.length, packet, packet * 1000);
      buffer.fill(0);
    }
  };

export interface FeedOptions {
  readonly keys?: string;
  readonly cut?: Cut;
  /** Checks tags later; each at once without it. */
  readonly tags?: DeferredTags;
  /** Which direction the client's is; the first by default. */
  readonly clientIsFirst?: boolean | null;
  readonly beginsUnseen?: boolean;
  /** Where the client was not known: it comes out to be the second direction's. */
  readonly rolesTurn?: boolean;
}

/** A decoder that also gives away the handshake messages it reads. */
class ListeningDecoder extends TlsDecoder {
  readonly messages = new Map<InOrder, string[]>();

  override message(...args: Parameters<TlsDecoder['message']>): void {
    const [direction, type, view, start, end] = args;
    const length = end - start;
    const header = Buffer.of(type, length >>> 16, (length >>> 8) & 255, length & 255);
    const told = this.messages.get(direction.input) ?? [];
    told.push(Buffer.concat([header, view.subarray(start, end)]).toString('hex'));
    this.messages.set(direction.input, told);
    super.message(...args);
  }
}

/** Feeds it all; directions that have no end get `fin`. */
export function feed(sent: readonly Sent[], { keys = '', cut = whole, ...options }: FeedOptions = {}): Told {
  const clientIsFirst = options.clientIsFirst === undefined ? true : options.clientIsFirst;
  const keyLog = new KeyLog();
  keyLog.add(keys);
  const plaintext = { client: '', server: '' };
  const packets: number[] = [];
  const anomalies: string[] = [];
  const record = (side: Side): InOrder => ({
    bytes: (view, start, end, packet) => {
      plaintext[side] += Buffer.from(view.slice(start, end)).toString('latin1');
      packets.push(packet);
    },
    gap: (length) => {
      plaintext[side] += `<gap ${length}>`;
    },
    end: (how) => {
      plaintext[side] += `<end ${how}>`;
    },
  });
  const decoder = new ListeningDecoder(
    {
      plaintext: () => ({ client: record('client'), server: record('server') }),
      anomaly: (name, from) => anomalies.push(`${name} ${from}`),
    },
    keyLog,
    clientIsFirst,
    options.beginsUnseen === true,
    options.beginsUnseen === true,
    options.tags,
  );
  const readerOf = (side: Side): InOrder =>
    (side === 'client') === (clientIsFirst ?? true) ? decoder.first : decoder.second;
  const open = new Set<Side>(['client', 'server']);
  let packet = 0;
  for (const what of sent) {
    packet += 1;
    const reader = readerOf(what.from);
    if ('bytes' in what) cut(reader, what.bytes, packet);
    else if ('gap' in what) reader.gap(what.gap, packet, packet * 1000);
    else {
      open.delete(what.from);
      reader.end(what.end, packet, packet * 1000);
    }
  }
  for (const side of open) readerOf(side).end('fin', packet + 1, packet * 1000);
  const messagesOf = (side: Side): readonly string[] => decoder.messages.get(readerOf(side)) ?? [];
  return {
    facts: decoder.factsFor(clientIsFirst ?? options.rolesTurn !== true),
    plaintext,
    packets,
    messages: { client: messagesOf('client'), server: messagesOf('server') },
    anomalies,
  };
}

/** A record of hex, or of bytes, as sent. */
export function fromHex(from: Side, hex: string): Sent {
  return { from, bytes: Buffer.from(hex, 'hex') };
}
