import { describe, expect, it } from 'vitest';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { asideText, omittedText, remarkOf } from '../../../src/report/ladder/row.js';
import { clientHelloFacts, tlsFacts } from '../../findings/connections.js';
import { conversation, resetConversation, SYN, segment } from './details.js';

const HIDDEN = { reveal: false };

/** Rows of packets as `#4 0→1 SYN`, others by their kind. */
function rows(...given: Parameters<typeof ladderOf>): string[] {
  return ladderOf(...given).rows.map((row) => {
    switch (row.kind) {
      case 'message':
        return `#${row.packet} ${row.from}→${row.to} ${row.label}`;
      case 'idle':
        return `idle ${row.durationNs}`;
      case 'gap':
        return `gap ${row.from}→${row.to} ${row.bytes}`;
      case 'aside':
        return `aside #${row.packet} +${row.sinceStartNs} ${row.note}`;
      default:
        return `omitted ${row.packets}`;
    }
  });
}

describe('the rows of a ladder', () => {
  it('are what was said, without pure acknowledgements and without query strings', () => {
    expect(rows(resetConversation(), HIDDEN)).toEqual([
      '#4 0→1 SYN',
      '#5 1→0 SYN ACK',
      '#7 0→1 GET /a?… HTTP/1.1',
      '#8 1→0 RST',
    ]);
    expect(rows(resetConversation(), { reveal: true })).toContain('#7 0→1 GET /a?token=geheim HTTP/1.1');
  });

  it('are all packets for whoever asks for them', () => {
    expect(rows(resetConversation(), { reveal: false, all: true })).toContain('#6 0→1 ACK');
  });

  it('mark what a finding rests on, an acknowledgement too', () => {
    const notes = new Map([
      [6, 'the handshake is complete'],
      [8, 'RST after \u001b[31m the request'],
    ]);
    const ladder = ladderOf(resetConversation(), { reveal: false, notes });
    const marked = ladder.rows.filter((row) => row.kind === 'message' && row.note !== null);
    expect(marked).toMatchObject([
      { packet: 6, note: 'the handshake is complete' },
      { packet: 8, note: 'RST after \\x1b[31m the request', shape: 'reset' },
    ]);
  });

  it('fold a run of segments that go on with the same, acknowledgements between them or not', () => {
    const body = (packet: number) => segment(packet, 'server', { payloadLength: 1448 });
    expect(rows(conversation([body(1), segment(2, 'client'), body(3), body(4)]), HIDDEN)).toEqual([
      '#1 1→0 3 segments, 4,344 B',
    ]);
    const data = (packet: number, h2Stream: number) =>
      segment(packet, 'server', {
        payloadLength: 100,
        contents: [{ kind: 'frame', protocol: 'h2', name: 'DATA', h2Stream, bytes: 91 }],
      });
    expect(rows(conversation([data(1, 1), data(2, 1), data(3, 3)]), HIDDEN)).toEqual([
      '#1 1→0 DATA[1] · 2 segments, 200 B',
      '#3 1→0 DATA[3]',
    ]);
  });

  it('do not hide segments that come late, or again, in a run of others', () => {
    const late = { isOutOfOrder: true };
    const body = (packet: number, how = {}) => segment(packet, 'server', { payloadLength: 10, ...how });
    expect(rows(conversation([body(1), body(2), body(3, late), body(4, late), body(5)]), HIDDEN)).toEqual([
      '#1 1→0 2 segments, 20 B',
      '#3 1→0 10 B (late) · 2 segments, 20 B',
      '#5 1→0 10 B',
    ]);
    expect(rows(conversation([body(1), body(2, { isRetransmission: true })]), HIDDEN)).toHaveLength(2);
  });

  it('never fold over what a finding rests on, nor over a pause', () => {
    const body = (packet: number, atNs = packet) => segment(packet, 'server', { payloadLength: 10, atNs });
    const notes = new Map([[2, 'here']]);
    expect(rows(conversation([body(1), body(2), body(3)]), { reveal: false, notes })).toHaveLength(3);
    expect(rows(conversation([body(1), body(2, 5_000_000_000)]), HIDDEN)).toEqual([
      '#1 1→0 10 B',
      'idle 4999999999',
      '#2 1→0 10 B',
    ]);
  });

  it('tell what is missing: bytes that were not captured, packets that are not kept', () => {
    const packets = [
      segment(1, 'client', { payloadLength: 5 }),
      segment(3, 'client', { payloadLength: 5, missingBefore: 1448 }),
      segment(900, 'server', { payloadLength: 5, omittedBefore: 800, atNs: 9e9 }),
    ];
    expect(rows(conversation(packets), HIDDEN)).toEqual([
      '#1 0→1 5 B',
      'gap 0→1 1448',
      '#3 0→1 5 B',
      'omitted 800',
      '#900 1→0 5 B',
    ]);
  });

  it('say which header fields are unlike those of the same sender', () => {
    const { rows: all } = ladderOf(resetConversation(), HIDDEN);
    const reset = all.at(-1);
    const unlike = reset?.kind === 'message' ? reset.fields.filter((field) => field.unlike !== null) : [];
    expect(unlike).toEqual([
      { name: 'TTL', value: '61', unlike: 'others 64' },
      { name: 'IP ID', value: '0', unlike: 'others are not 0' },
      { name: 'options', value: 'none', unlike: 'timestamps were negotiated' },
    ]);
  });

  it('call what a closed window is asked with a window probe, any other a keep-alive', () => {
    const probe = { sequence: 99, isKeepAlive: true };
    const asked = conversation([
      segment(1, 'client', { flags: SYN }),
      segment(2, 'server', probe),
      segment(3, 'client', { window: 0 }),
      segment(4, 'server', probe),
      segment(5, 'client', { window: 0 }),
      segment(6, 'server', probe),
      segment(7, 'client', { window: 512 }),
      segment(8, 'server', probe),
      segment(9, 'client', probe),
    ]);
    expect(rows(asked, HIDDEN).slice(1)).toEqual([
      '#2 1→0 ACK keep-alive probe',
      '#3 0→1 ACK window 0',
      '#4 1→0 ACK window probe',
      '#5 0→1 ACK window 0',
      '#6 1→0 ACK window probe',
      '#8 1→0 ACK keep-alive probe',
      '#9 0→1 ACK keep-alive probe',
    ]);
  });

  it('run over three lifelines where both legs of a proxy are there', () => {
    const front = conversation([segment(1, 'client', { flags: SYN }), segment(4, 'server', { payloadLength: 5 })]);
    const back = conversation([segment(2, 'client', { flags: SYN }), segment(3, 'server', { payloadLength: 9 })], 1);
    const ladder = ladderOf(front, HIDDEN, back);
    expect(ladder.lifelines.map(({ role }) => role)).toEqual(['client', 'proxy', 'server']);
    expect(ladder.streams).toEqual([0, 1]);
    expect(rows(front, HIDDEN, back)).toEqual(['#1 0→1 SYN', '#2 1→2 SYN', '#3 2→1 9 B', '#4 1→0 5 B']);
  });

  it('hold what a finding rests on elsewhere at its time, and once where it is drawn anyway', () => {
    const asides = [
      { packet: 6, atNs: 2_500_000, note: '502 for \u001b the client', elsewhere: true },
      { packet: 9, atNs: 9_000_000, note: 'RST', elsewhere: true },
    ] as const;
    const front = conversation([segment(1, 'client', { flags: SYN }), segment(3, 'server', { payloadLength: 5 })]);
    expect(rows(front, { reveal: false, asides })).toEqual([
      '#1 0→1 SYN',
      'aside #6 +1500000 502 for \\x1b the client',
      '#3 1→0 5 B',
      'aside #9 +8000000 RST',
    ]);
    const back = conversation([segment(6, 'client', { payloadLength: 7 })], 1);
    expect(rows(front, { reveal: false, asides: asides.slice(0, 1) }, back)).toEqual([
      '#1 0→1 SYN',
      '#3 1→0 5 B',
      '#6 1→2 7 B',
    ]);
    const aside = { kind: 'aside', packet: 6, atNs: 0, sinceStartNs: -1_500_000, note: 'SYN' } as const;
    expect(asideText(aside)).toBe('#6, -1.5 ms, in another conversation: SYN');
  });

  it('say what a finding says of a packet where that is more than its label', () => {
    expect(remarkOf({ label: 'SYN', note: 'SYN' })).toBeNull();
    expect(remarkOf({ label: 'HTTP/1.1 413 Payload Too Large', note: '413' })).toBeNull();
    expect(remarkOf({ label: 'SYN', note: 'SYN on interface 1' })).toBe('SYN on interface 1');
    expect(remarkOf({ label: 'SYN ACK', note: 'SYN-ACK: it accepts again' })).toBe('SYN-ACK: it accepts again');
    expect([omittedText(1), omittedText(1200)]).toEqual(['1 packet left out', '1,200 packets left out']);
  });

  it('name the server as the connection was opened, whatever it is asked for most', () => {
    const detail = conversation([segment(1, 'client', { flags: SYN })]);
    expect(ladderOf(detail, { reveal: false, serverName: 'b.example' }).lifelines[1]?.name).toBe('b.example');
    const connection = {
      ...detail.connection,
      tls: tlsFacts({ clientHello: clientHelloFacts({ serverNames: ['a.example'] }) }),
    };
    expect(ladderOf({ ...detail, connection }, { reveal: false, serverName: 'b.example' }).lifelines[1]?.name).toBe(
      'a.example',
    );
  });

  it('show an ICMP error as coming from the far side', () => {
    const error = {
      kind: 'unreachable',
      packet: 2,
      atNs: 2e6,
      sender: '10.0.0.254',
      type: 3,
      code: 13,
      to: 'client',
      omittedBefore: 0,
    } as const;
    expect(rows(conversation([segment(1, 'client', { flags: SYN }), error]), HIDDEN)).toEqual([
      '#1 0→1 SYN',
      '#2 1→0 ICMP prohibited (3/13) from 10.0.0.254',
    ]);
    const unknown = { ...error, sender: '2001:db8::1', type: 4, code: 1 };
    expect(rows(conversation([segment(1, 'client', { flags: SYN }), unknown]), HIDDEN)[1]).toBe(
      '#2 1→0 ICMPv6 type 4 code 1 from 2001:db8::1',
    );
  });
});
