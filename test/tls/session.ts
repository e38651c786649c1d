/** Real TLS sessions: node:tls on both sides of a pipe in memory, with all that was sent and the key log. */
import { Duplex } from 'node:stream';
import * as tls from 'node:tls';
import type { Side } from '../../src/facts/endpoint.js';
import { CERTIFICATE, KEY } from './credentials.js';
import type { Sent } from './feed.js';

export interface SessionOptions {
  readonly client?: tls.ConnectionOptions;
  readonly server?: tls.TLSSocketOptions & { readonly ALPNProtocols?: string[] };
  /** What is said, in turn. */
  readonly dialogue?: readonly { readonly from: Side; readonly text: string }[];
  /** Called with each packet as it is sent; of use where the session fails. */
  readonly note?: (sent: Sent) => void;
  /** Called with both sockets when the dialogue is over, before the client closes. */
  readonly afterwards?: (client: tls.TLSSocket, server: tls.TLSSocket) => Promise<void>;
}

export interface Session {
  readonly sent: readonly (Sent & { readonly bytes: Uint8Array })[];
  readonly keys: string;
  /** What a later session may resume; `null`: the server gave nothing. */
  readonly ticket: Buffer | null;
}

export const DIALOGUE = [
  { from: 'client', text: 'GET /secret HTTP/1.1\r\nHost: server.example\r\n\r\n' },
  { from: 'server', text: `HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n${'x'.repeat(20_000)}` },
  { from: 'client', text: 'GET /more HTTP/1.1\r\nHost: server.example\r\n\r\n' },
  { from: 'server', text: 'HTTP/1.1 204 No Content\r\n\r\n' },
] as const;

/** What one side of {@link DIALOGUE} says in all. */
export function said(side: Side): string {
  return DIALOGUE.filter(({ from }) => from === side)
    .map(({ text }) => text)
    .join('');
}

/** Runs a session to its end. Rejects where it comes to none. */
export async function session(options: SessionOptions = {}): Promise<Session> {
  const sent: (Sent & { readonly bytes: Uint8Array })[] = [];
  const [clientPipe, serverPipe] = pipes((from, bytes) => {
    sent.push({ from, bytes });
    options.note?.({ from, bytes });
  });
  const server = new tls.TLSSocket(serverPipe, {
    isServer: true,
    secureContext: tls.createSecureContext({ cert: CERTIFICATE, key: KEY, ...options.server }),
    ...options.server,
  });
  const client = tls.connect({
    socket: clientPipe,
    servername: 'server.example',
    rejectUnauthorized: false,
    ...options.client,
  });
  let keys = '';
  let ticket: Buffer | null = null;
  client.on('keylog', (line: Buffer) => {
    keys += line.toString('latin1');
  });
  client.on('session', (given: Buffer) => {
    ticket = given;
  });
  const sockets = { client, server };
  const ended = Promise.all([closed(client), closed(server)]);
  // Where the handshake fails that is told below, and not once more.
  ended.catch(() => undefined);
  await Promise.all([once(client, 'secureConnect'), once(server, 'secure')]);
  for (const { from, text } of options.dialogue ?? DIALOGUE) {
    const to = from === 'client' ? server : client;
    const heard = hears(to, text.length);
    sockets[from].write(text, 'latin1');
    await heard;
  }
  await options.afterwards?.(client, server);
  client.end();
  await ended;
  return { sent, keys, ticket };
}

function once(socket: tls.TLSSocket, event: string): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.once(event, () => resolve());
    socket.once('error', reject);
  });
}

function closed(socket: tls.TLSSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.on('end', () => socket.end());
    socket.once('close', () => resolve());
    socket.once('error', reject);
  });
}

/** Waits for so many bytes; those that come early are kept for the next to ask. */
function hears(socket: tls.TLSSocket, length: number): Promise<void> {
  return new Promise((resolve) => {
    let heard = 0;
    const take = (bytes: Buffer): void => {
      heard += bytes.length;
      if (heard < length) return;
      socket.off('data', take);
      resolve();
    };
    socket.on('data', take);
  });
}

function pipes(note: (from: Side, bytes: Uint8Array) => void): [Duplex, Duplex] {
  const make = (from: Side, other: () => Duplex): Duplex =>
    new Duplex({
      read: () => undefined,
      write(chunk: Buffer, _encoding, done) {
        note(from, Uint8Array.from(chunk));
        other().push(chunk);
        done();
      },
      final(done) {
        other().push(null);
        done();
      },
    });
  const client: Duplex = make('client', () => server);
  const server: Duplex = make('server', () => client);
  return [client, server];
}
