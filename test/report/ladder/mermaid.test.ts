import { describe, expect, it } from 'vitest';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { ladderMermaid, MAX_ARROWS, mermaidText } from '../../../src/report/ladder/mermaid.js';
import { conversation, resetConversation, segment } from './details.js';

describe('a ladder for Mermaid', () => {
  it('reads like the conversation', () => {
    const notes = new Map([[8, 'no answer; TTL 61']]);
    expect(ladderMermaid(ladderOf(resetConversation(), { reveal: false, notes, serverName: 'a.example' }))).toBe(
      [
        'sequenceDiagram',
        '    participant A as 10.0.0.1 53554<br/>client',
        '    participant B as 10.0.1.43 80<br/>a.example',
        '    A->>B: #35;4 SYN',
        '    B-->>A: #35;5 +1.0 ms SYN ACK',
        '    A->>B: #35;7 +3.0 ms GET /a?… HTTP/1.1',
        '    B-xA: #35;8 +4.0 ms RST',
        '    Note over A,B: no answer#59; TTL 61',
        '',
      ].join('\n'),
    );
  });

  it('breaks a long note into lines at spaces, and cuts none that three lines hold', () => {
    const note = `FIN after 1.00 s of idleness; it acknowledges nothing of the request (ack 1236); what the kernel acknowledges afterwards nobody reads`;
    const text = ladderMermaid(ladderOf(resetConversation(), { reveal: false, notes: new Map([[8, note]]) }));
    const lines = /Note over A,B: (.*)/.exec(text)?.[1]?.split('<br/>') ?? [];
    expect(lines.map((line) => line.replaceAll('#59;', ';')).join(' ')).toBe(note);
    expect(lines.length).toBe(2);
    const [one = '', other = ''] = lines;
    expect(Math.abs(one.length - other.length)).toBeLessThan(16);
    const long = ladderMermaid(
      ladderOf(resetConversation(), { reveal: false, notes: new Map([[8, 'word '.repeat(80).trim()]]) }),
    );
    expect(/Note over A,B: (.*)/.exec(long)?.[1]?.split('<br/>')).toHaveLength(3);
    expect(long).toContain('…');
  });

  it('writes as a number whatever would end a statement, begin an entity, a tag or a directive', () => {
    expect(mermaidText('a;b#c<d>e`f%%{g}')).toBe('a#59;b#35;c#60;d#62;e#96;f#37;#37;#123;g#125;');
  });

  it('tells what was sent elsewhere, and leaves no single row out for a row that says so', () => {
    const packets = Array.from({ length: 42 }, (_, index) =>
      segment(index + 1, index % 2 === 0 ? 'client' : 'server', { payloadLength: 10 }),
    );
    const notes = new Map([
      [6, 'here'],
      [42, 'and here'],
    ]);
    const asides = [{ packet: 99, atNs: 41_500_000, note: '502; in front', elsewhere: true }] as const;
    const text = ladderMermaid(ladderOf(conversation(packets), { reveal: false, notes, asides }));
    expect(text).toContain('    Note over A,B: #35;99, +41 ms, in another conversation: 502#59; in front\n');
    expect(text).not.toContain(' 1 packet');
  });

  it('has at most forty arrows, the marked ones among them, and says how many packets are left out', () => {
    const packets = Array.from({ length: 200 }, (_, index) =>
      segment(index + 1, index % 2 === 0 ? 'client' : 'server', { payloadLength: 10 }),
    );
    const notes = new Map([[150, 'here']]);
    const text = ladderMermaid(ladderOf(conversation(packets), { reveal: false, notes }));
    expect(text.match(/->>/g)).toHaveLength(MAX_ARROWS);
    for (const number of [1, 147, 150, 153]) expect(text).toContain(`#35;${number} `);
    const left = [...text.matchAll(/: (\d+) packets left out/g)].map(([, count]) => Number(count));
    expect(left.reduce((sum, count) => sum + count, 0)).toBe(200 - MAX_ARROWS);
  });
});
