import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CERTIFICATE } from '../tls/credentials.js';
import { client, edited, NAMES, server } from './edited.js';

const SIZES = [1, 100, 100_000];
const DER = new X509Certificate(CERTIFICATE).raw;

function u16(value: number): Buffer {
  return Buffer.of(value >> 8, value & 255);
}

function u24(value: number): Buffer {
  return Buffer.of(value >> 16, (value >> 8) & 255, value & 255);
}

function record(type: number, content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type, 3, 3), u16(content.length), content]);
}

function message(type: number, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.of(type), u24(body.length), body]);
}

/** A ClientHello that asks for one name. */
function clientHello(name: string): Buffer {
  const host = Buffer.concat([Buffer.of(0), u16(name.length), Buffer.from(name)]);
  const extension = Buffer.concat([u16(0), u16(host.length + 2), u16(host.length), host]);
  const alpn = Buffer.concat([u16(16), u16(5), u16(3), Buffer.of(2), Buffer.from('h2')]);
  const extensions = Buffer.concat([alpn, extension]);
  const start = Buffer.concat([
    Buffer.of(3, 3),
    Buffer.alloc(32, 9),
    Buffer.of(0),
    u16(2),
    u16(0x1301),
    Buffer.of(1, 0),
  ]);
  return message(1, Buffer.concat([start, u16(extensions.length), extensions]));
}

function certificateMessage(): Buffer {
  return message(11, Buffer.concat([u24(DER.length + 3), u24(DER.length), DER]));
}

describe('records of TLS, edited', () => {
  it.each(SIZES)('ask for another name of the same length, and for all else as before, in pieces of %i', (size) => {
    const hello = record(22, clientHello('shop.acme.test'));
    const { client: written } = edited([client(hello)], {}, size);
    const at = hello.indexOf('shop.acme.test');
    const name = NAMES.authority('shop.acme.test');
    expect(written.toString('latin1', at, at + name.length)).toBe(name);
    const rest = Buffer.from(written);
    rest.write('shop.acme.test', at, 'latin1');
    expect(rest.equals(hello)).toBe(true);
  });

  it.each(SIZES)('show certificates for other names that can still be read, in pieces of %i', (size) => {
    // In two records, as long chains are.
    const chain = certificateMessage();
    const sent = Buffer.concat([record(22, chain.subarray(0, 500)), record(22, chain.subarray(500))]);
    const { server: written } = edited([client(record(22, clientHello('server.example'))), server(sent)], {}, size);
    const message = Buffer.concat([written.subarray(5, 505), written.subarray(510)]);
    const before = new X509Certificate(DER);
    const after = new X509Certificate(message.subarray(10));
    expect(after.subject).toBe(`CN=${NAMES.authority('server.example')}\nO=${NAMES.authority('Example')}`);
    expect(after.subjectAltName).toContain(
      `DNS:${NAMES.authority('server.example')}, DNS:*.${NAMES.authority('a.example')}`,
    );
    expect(after.subjectAltName).not.toContain('192.0.2.1');
    expect([after.validFrom, after.validTo]).toEqual([before.validFrom, before.validTo]);
    expect(after.serialNumber).not.toBe(before.serialNumber);
    expect(after.fingerprint).not.toBe(before.fingerprint);
    expect(written.includes(DER.subarray(-64))).toBe(false);
  });

  it.each(SIZES)('keep their shape and let no ciphertext out but together with its keys, in pieces of %i', (size) => {
    const data = record(23, Buffer.alloc(50, 0xab));
    const closed = edited([client(data)], { pseudonyms: null }, size).client;
    expect(closed.subarray(0, 5).equals(data.subarray(0, 5))).toBe(true);
    expect(closed.subarray(5).equals(Buffer.alloc(50, 'x'))).toBe(true);
    expect(edited([client(data)], { pseudonyms: null, keepsCiphertext: true }, size).client.equals(data)).toBe(true);
  });

  it('let no name out of a hello that was captured in part', () => {
    const hello = record(22, clientHello('shop.acme.test'));
    const cut = edited([client(hello.subarray(0, hello.length - 3))]).client;
    expect(cut.includes('acme')).toBe(false);
    const lost = edited([client(hello.subarray(0, 60)), client(hello.subarray(70), 10)]).client;
    expect(lost.includes('acme')).toBe(false);
  });
});
