import { describe, expect, it } from 'vitest';
import { unseenClauses } from '../../src/report/unseen-text.js';
import { quietAnalysis } from './analyses.js';

describe('what was not seen, in words', () => {
  const nothing = quietAnalysis().unseen;

  it('is no word where all was seen', () => {
    expect(unseenClauses(nothing, quietAnalysis().captures)).toEqual([]);
  });

  it('says the noun once', () => {
    expect(unseenClauses({ ...nothing, midStream: 12, encrypted: 1 }, [])).toEqual([
      '12 connections began before the capture',
      '1 is TLS and was not decrypted',
    ]);
  });

  it('says that AJP, FastCGI or a database were there, and not read', () => {
    expect(unseenClauses({ ...nothing, unread: 16 }, [])).toEqual([
      '16 connections speak a protocol that is not read, neither HTTP nor TLS',
    ]);
  });

  it('says of proxies which failure behind them it does not show, and how to see it', () => {
    const leg = { address: '10.0.0.49', port: 80, statuses: [{ status: 502, count: 12 }], first: 14 };
    const both = { ...leg, port: 81, statuses: [...leg.statuses, { status: 504, count: 1 }] };
    expect(unseenClauses({ ...nothing, legsBehind: [leg, both] }, [])).toEqual([
      'what failed behind 10.0.0.49:80, which answered 502 12 times (from #14); 10.0.0.49:81, which answered 502 12 times and 504 once (from #14): capture on that proxy’s host, both its sides at once (tcpdump -i any -s0 -w both.pcap tcp)',
    ]);
  });

  it('says what encrypts the packets that hold nothing to read', () => {
    const malformedHeaders = [
      { name: 'esp-encrypted', count: 1 },
      { name: 'wireguard-encrypted', count: 902 },
      { name: 'ieee80211-protected', count: 2 },
    ];
    expect(unseenClauses({ ...nothing, malformedHeaders }, [])).toEqual([
      '1 packet encrypted within IPsec (ESP)',
      '902 packets encrypted within WireGuard',
      '2 packets encrypted within Wi-Fi (802.11)',
    ]);
  });

  it('says what to give in place of PDUs that Wireshark exported', () => {
    const unknownLinkTypes = [
      { name: 'WIRESHARK_UPPER_PDU', packets: 12 },
      { name: 'USER0', packets: 1 },
    ];
    expect(unseenClauses({ ...nothing, unknownLinkTypes }, [])).toEqual([
      '12 packets of link type WIRESHARK_UPPER_PDU not decoded, which Wireshark exported without their headers: give the capture itself',
      '1 packet of link type USER0 not decoded',
    ]);
  });

  it('says how much TLS was decrypted, and why the rest was not', () => {
    const tls = {
      connections: 43,
      decrypted: 41,
      decryptedInPart: 0,
      undecrypted: [{ cause: 'no-key' as const, connections: 2 }],
    };
    expect(unseenClauses({ ...nothing, encrypted: 2, tls }, [])).toEqual([
      'decrypted 41 of 43 TLS connections (2: no key)',
    ]);
    const inPart = { connections: 3, decrypted: 3, decryptedInPart: 1, undecrypted: [] };
    expect(unseenClauses({ ...nothing, tls: inPart }, [])).toEqual(['decrypted 3 of 3 TLS connections (1 in part)']);
    const whole = { connections: 3, decrypted: 3, decryptedInPart: 0, undecrypted: [] };
    expect(unseenClauses({ ...nothing, tls: whole }, [])).toEqual([]);
    const wrong = {
      connections: 3,
      decrypted: 0,
      decryptedInPart: 0,
      undecrypted: [
        { cause: 'wrong-key' as const, connections: 1 },
        { cause: 'no-hello' as const, connections: 2 },
      ],
    };
    expect(unseenClauses({ ...nothing, encrypted: 3, tls: wrong }, [])).toEqual([
      '3 connections are TLS and were not decrypted (1: the key does not fit; 2: handshake not captured)',
    ]);
  });

  it('says of a key log that was given that it does not help', () => {
    const tls = {
      connections: 2,
      decrypted: 0,
      decryptedInPart: 0,
      undecrypted: [{ cause: 'no-key' as const, connections: 2 }],
    };
    const clauses = (['no-log', 'empty-log', 'keys'] as const).map((keysGiven) =>
      unseenClauses({ ...nothing, encrypted: 2, tls }, [], keysGiven).join(),
    );
    expect(clauses).toEqual([
      '2 connections are TLS and were not decrypted',
      '2 connections are TLS and were not decrypted (there is no key in the key log)',
      '2 connections are TLS and were not decrypted (the key log has keys, none of them for these)',
    ]);
  });

  it('says which names moved to HTTP/3', () => {
    const name = (text: string, alpn = ['h3']) => ({ name: text, connections: 1, alpn });
    const clause = (...names: readonly ReturnType<typeof name>[]) =>
      unseenClauses({ ...nothing, quic: { connections: 7, names } }, []);
    expect(clause(name('a.example'))).toEqual([
      '7 QUIC connections over UDP to a.example: this name moved to HTTP/3; what it says there is not in TCP',
    ]);
    expect(clause(...'abcdefg'.split('').map((letter) => name(letter)))).toEqual([
      '7 QUIC connections over UDP to a, b, c, d, e and others: these names moved to HTTP/3; what they say there is not in TCP',
    ]);
    expect(clause(name('dns.example', ['doq']))).toEqual([
      '7 QUIC connections over UDP to dns.example: what they say there is not in TCP',
    ]);
    expect(clause()).toEqual(['7 QUIC connections over UDP: what they say is not in TCP']);
  });

  it('names packets that came too late and headers that could not be read', () => {
    const unseen = { ...nothing, latePackets: 3, malformedHeaders: [{ name: 'tcp-header-cut', count: 12 }] };
    expect(unseenClauses(unseen, [])).toEqual([
      '3 packets came after the end of the connection',
      '12 × tcp-header-cut',
    ]);
  });
});
