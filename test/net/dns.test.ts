import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_ANSWERS, MAX_NAME } from '../../src/net/dns.js';
import type { NameAnswer } from '../../src/net/segment.js';
import { bytes, decode, ipv4, LINKTYPE_IPV4, type Part, u16, u32, udp, zeros } from './packets.js';

const A = 1;
const CNAME = 5;
const AAAA = 28;
const HTTPS = 65;
/** Where the name of the first question stands. */
const QUESTION_NAME = u16(0xc00c);

function name(text: string): Uint8Array {
  return bytes(...text.split('.').flatMap((label): Part[] => [label.length, label]), 0);
}

function record(owner: Uint8Array, type: number, data: Uint8Array, recordClass = 1): Uint8Array {
  return bytes(owner, u16(type), u16(recordClass), u32(60), u16(data.length), data);
}

function response(question: Uint8Array | null, records: readonly Uint8Array[], flags = 0x8180): Uint8Array {
  const asked = question === null ? zeros(0) : bytes(question, u16(A), u16(1));
  return bytes(u16(1), u16(flags), u16(question === null ? 0 : 1), u16(records.length), zeros(4), asked, ...records);
}

function over(message: Uint8Array, port = 53): Uint8Array {
  return ipv4(udp(port, 40_000, message), { protocol: 17 });
}

function answers(message: Uint8Array, port = 53): string[] {
  const { names, decoder } = decode(over(message, port), { linkType: LINKTYPE_IPV4 });
  expect([...decoder.anomalies.keys()]).toEqual([]);
  return names.map(line);
}

function line(answer: NameAnswer): string {
  return `${answer.name} ${answer.type} ${answer.value}`;
}

describe('DNS answers', () => {
  it('name addresses, in lower case', () => {
    const message = response(name('WWW.Example.com'), [
      record(QUESTION_NAME, A, u32(0xc6336402)),
      record(QUESTION_NAME, AAAA, bytes(u32(0x20010db8), zeros(11), 1)),
    ]);
    expect(answers(message)).toEqual(['www.example.com A 198.51.100.2', 'www.example.com AAAA 2001:db8::1']);
  });

  it('say whom they were sent to', () => {
    const message = response(name('a.example'), [record(QUESTION_NAME, A, u32(1))]);
    const { names, segments } = decode(over(message), { linkType: LINKTYPE_IPV4 });
    expect(segments).toEqual([]);
    expect(names.map(({ client }) => client)).toEqual(['198.51.100.2']);
  });

  it('give an address at the end of aliases to the name asked for', () => {
    const message = response(name('a.example'), [
      record(QUESTION_NAME, CNAME, name('b.example')),
      record(name('B.example'), CNAME, name('c.example')),
      record(name('c.example'), A, u32(1)),
      record(name('stranger.example'), A, u32(2)),
    ]);
    expect(answers(message)).toEqual([
      'a.example CNAME b.example',
      'b.example CNAME c.example',
      'a.example A 0.0.0.1',
      'stranger.example A 0.0.0.2',
    ]);
  });

  it('of HTTPS records give target, protocols, port and hints', () => {
    const parameters = bytes(
      ...[u16(1), u16(6), 2, 'h2', 2, 'h3'],
      ...[u16(3), u16(2), u16(8443)],
      ...[u16(4), u16(4), u32(0xc6336402)],
      ...[u16(5), u16(3), 'ech'],
      ...[u16(6), u16(16), u32(0x20010db8), zeros(11), 1],
      ...[u16(7), u16(1), 'x'],
    );
    const message = response(name('a.example'), [
      record(QUESTION_NAME, HTTPS, bytes(u16(1), 0, parameters)),
      record(QUESTION_NAME, HTTPS, bytes(u16(0), name('b.example'))),
    ]);
    expect(answers(message)).toEqual([
      'a.example HTTPS 1 . alpn=h2,h3 port=8443 ipv4hint=198.51.100.2 ech ipv6hint=2001:db8::1',
      'a.example HTTPS 0 b.example',
    ]);
  });

  it('are compressed by pointers, also in the middle of a name', () => {
    const message = response(name('a.example'), [record(bytes(1, 'x', u16(0xc00e)), A, u32(1))]);
    expect(answers(message)).toEqual(['x.example A 0.0.0.1']);
  });

  it('escape a dot within a label, and keep control characters as they are', () => {
    const message = response(null, [record(bytes(3, 'a.b', 2, '\x1b[', 0), A, u32(1))]);
    expect(answers(message)).toEqual(['a\\.b.\x1b[ A 0.0.0.1']);
  });

  it('of other types, other classes and other lengths are passed over', () => {
    const message = response(name('a.example'), [
      record(QUESTION_NAME, 16, bytes(3, 'txt')),
      record(QUESTION_NAME, A, u32(1), 3),
      record(QUESTION_NAME, A, zeros(5)),
      record(QUESTION_NAME, AAAA, u32(1)),
      record(QUESTION_NAME, A, u32(2)),
    ]);
    expect(answers(message)).toEqual(['a.example A 0.0.0.2']);
  });

  it('are not looked for in queries, in updates, or in multicast DNS', () => {
    const records = [record(QUESTION_NAME, A, u32(1))];
    expect(answers(response(name('a'), records, 0x0100))).toEqual([]);
    expect(answers(response(name('a'), records, 0xa800))).toEqual([]);
    expect(answers(response(name('a'), records), 5353)).toEqual([]);
  });

  it('with a pointer in a circle, forward, or to itself end there', () => {
    for (const owner of [u16(0xc00c), u16(0xc0ff), bytes(1, 'a', u16(0xc00c))]) {
      const { names, decoder } = decode(over(response(null, [record(owner, A, u32(1))])), { linkType: LINKTYPE_IPV4 });
      expect(names).toEqual([]);
      expect([...decoder.anomalies]).toEqual([['dns-answer', 1]]);
    }
  });

  it('with a name above 255 bytes, or a label type that does not exist, end there', () => {
    const labels = (last: number): Uint8Array =>
      bytes(...Array.from({ length: 3 }, () => bytes(63, 'a'.repeat(63))), last, 'b'.repeat(last), 0);
    const longest = labels(MAX_NAME - 3 * 64 - 2);
    expect(longest).toHaveLength(MAX_NAME);
    expect(answers(response(null, [record(longest, A, u32(1))]))).toHaveLength(1);
    for (const owner of [labels(MAX_NAME - 3 * 64 - 1), bytes(0x41, 'a', 0)]) {
      const notes = decode(over(response(null, [record(owner, A, u32(1))])), { linkType: LINKTYPE_IPV4 });
      expect([...notes.decoder.anomalies]).toEqual([['dns-answer', 1]]);
    }
  });

  it('are read up to a bound', () => {
    const records = Array.from({ length: MAX_ANSWERS + 1 }, () => record(QUESTION_NAME, A, u32(1)));
    expect(answers(response(name('a'), records.slice(1)))).toHaveLength(MAX_ANSWERS);
    const { names, decoder } = decode(over(response(name('a'), records)), { linkType: LINKTYPE_IPV4 });
    expect(names).toHaveLength(MAX_ANSWERS);
    expect([...decoder.anomalies]).toEqual([['dns-too-many-answers', 1]]);
  });

  it('cut anywhere, or of random bytes, never throw and read nothing outside', () => {
    const message = response(name('a.example'), [
      record(QUESTION_NAME, CNAME, name('b.example')),
      record(QUESTION_NAME, HTTPS, bytes(u16(1), 0, u16(1), u16(3), 2, 'h2')),
    ]);
    for (let length = 0; length < message.length; length += 1) {
      decode(over(message.subarray(0, length)), { linkType: LINKTYPE_IPV4 });
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 120 }), fc.nat(3), fc.nat(9), (rest, questions, count) => {
        const header = bytes(u16(1), u16(0x8180), u16(questions), u16(count), zeros(4));
        decode(over(bytes(header, rest)), { linkType: LINKTYPE_IPV4 });
      }),
    );
  });
});
