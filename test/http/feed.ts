/**
 * Feeds conversations to the HTTP/1 decoder in every way that segments can cut them.
 *
 * A conversation is a list of what each side sends, one packet each, numbered from 1, a millisecond
 * apart. However a packet's bytes are cut, the outcome must be the same: `feed` tries it whole, byte
 * by byte, cut in two at every position, and with bytes behind its end that are not its own.
 */
import { expect } from 'vitest';
import type { EndOfDirection, InOrder } from '../../src/bytes/in-order.js';
import type { BothSides, Side } from '../../src/facts/endpoint.js';
import type { Exchange } from '../../src/facts/exchange.js';
import { Http1Decoder } from '../../src/http/http1/decoder.js';

/** One packet: bytes (Latin-1), a gap of some bytes, or the end of a direction. */
export type Sent =
  | { readonly from: Side; readonly text: string; readonly packet?: number }
  | { readonly from: Side; readonly gap: number; readonly packet?: number }
  | { readonly from: Side; readonly end: EndOfDirection; readonly packet?: number };

/** What the decoder told. */
export interface Outcome {
  readonly exchanges: Exchange[];
  /** `name from packet`, in order. */
  readonly anomalies: string[];
  /** The protocols handed over to. */
  readonly handOvers: string[];
  /** What the next protocol was given: bytes, `<gap n>`, `<end how>`. */
  readonly after: { client: string; server: string };
  readonly undecoded: BothSides<number>;
}

export const client = (text: string, packet?: number): Sent => sent({ from: 'client', text }, packet);
export const server = (text: string, packet?: number): Sent => sent({ from: 'server', text }, packet);
export const gap = (from: Side, length: number, packet?: number): Sent => sent({ from, gap: length }, packet);
export const end = (from: Side, how: EndOfDirection = 'fin', packet?: number): Sent => sent({ from, end: how }, packet);

function sent(what: Sent, packet: number | undefined): Sent {
  return packet === undefined ? what : { ...what, packet };
}

/** How the bytes of one packet reach the reader. */
export type Cut = (reader: InOrder, bytes: Uint8Array, packet: number, at: number) => void;

export const whole: Cut = (reader, bytes, packet, at) => reader.bytes(bytes, 0, bytes.length, packet, at);

export const byteByByte: Cut = (reader, bytes, packet, at) => {
  for (let index = 0; index < bytes.length; index += 1) reader.bytes(bytes, index, index + 1, packet, at);
};

/** Cut in two at `position`; shorter packets stay whole. */
export const cutAt =
  (position: number): Cut =>
  (reader, bytes, packet, at) => {
    if (position < bytes.length) {
      reader.bytes(bytes, 0, position, packet, at);
      reader.bytes(bytes, position, bytes.length, packet, at);
    } else whole(reader, bytes, packet, at);
  };

/** In a larger, reused buffer with other bytes around it, as the capture's reader has it. */
export const surrounded: Cut = (reader, bytes, packet, at) => {
  const around = Buffer.from('GET /around HTTP/1.1\r\n\r\nHTTP/1.1 500 Around\r\n\r\n', 'latin1');
  const buffer = Buffer.concat([around, bytes, around]);
  reader.bytes(buffer, around.length, around.length + bytes.length, packet, at);
  buffer.fill(0);
};

/** Runs a conversation in one way. Directions that were not ended end with `capture-ended`. */
export function run(conversation: readonly Sent[], cut: Cut = whole, beginsUnseen = false): Outcome {
  const exchanges: Exchange[] = [];
  const anomalies: string[] = [];
  const handOvers: string[] = [];
  const after = { client: '', server: '' };
  const record = (side: Side): InOrder => ({
    bytes: (view, start, finish) => {
      after[side] += Buffer.from(view.slice(start, finish)).toString('latin1');
    },
    gap: (length) => {
      after[side] += `<gap ${length}>`;
    },
    end: (how) => {
      after[side] += `<end ${how}>`;
    },
  });
  const decoder = new Http1Decoder(
    {
      exchange: (exchange) => exchanges.push(exchange),
      anomaly: (name, from, packet) => anomalies.push(`${name} ${from} ${packet}`),
      handOver: (protocol) => {
        handOvers.push(protocol);
        return { client: record('client'), server: record('server') };
      },
    },
    beginsUnseen,
    true,
  );
  const open = new Set<Side>(['client', 'server']);
  let packet = 0;
  for (const what of conversation) {
    packet = what.packet ?? packet + 1;
    const reader = decoder[what.from];
    const at = packet * 1e6;
    if ('text' in what) cut(reader, Buffer.from(what.text, 'latin1'), packet, at);
    else if ('gap' in what) reader.gap(what.gap, packet, at);
    else {
      open.delete(what.from);
      reader.end(what.end, packet, at);
    }
  }
  for (const side of open) decoder[side].end('capture-ended', packet, packet * 1e6);
  return { exchanges, anomalies, handOvers, after, undecoded: decoder.undecodedBytes };
}

/** Runs a conversation in every way, expects the same outcome each time, and gives it. */
export function feed(conversation: readonly Sent[]): Outcome {
  const outcome = run(conversation);
  const longest = Math.max(...conversation.map((what) => ('text' in what ? what.text.length : 0)));
  expect(run(conversation, byteByByte), 'byte by byte').toEqual(outcome);
  expect(run(conversation, surrounded), 'surrounded by other bytes').toEqual(outcome);
  for (let position = 1; position < longest; position += 1)
    expect(run(conversation, cutAt(position)), `cut at ${position}`).toEqual(outcome);
  return outcome;
}

/** An exchange in one line: `GET /a -> 200 (5)`, with the body bytes of the response; `?` for what is not there. */
export function line(exchange: Exchange): string {
  const { request, response, interim } = exchange;
  const asked = request === null ? '?' : `${request.method} ${request.target}${request.complete ? '' : '…'}`;
  const first = interim.map(({ status }) => `${status} `).join('');
  const answered =
    response === null ? '?' : `${response.status} (${response.bodyBytes}${response.complete ? '' : '…'})`;
  return `${asked} -> ${first}${answered}`;
}

/** All exchanges in lines. */
export const lines = (outcome: Outcome): string[] => outcome.exchanges.map(line);

/** Lines joined with CRLF, and the empty line behind them. */
export const head = (...rows: string[]): string => `${rows.join('\r\n')}\r\n\r\n`;

/** The only exchange of an outcome. */
export function only(outcome: Outcome): Exchange {
  expect(outcome.exchanges).toHaveLength(1);
  const [exchange] = outcome.exchanges;
  if (exchange === undefined) throw new Error('no exchange');
  return exchange;
}
