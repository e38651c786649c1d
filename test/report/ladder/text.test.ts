import { describe, expect, it } from 'vitest';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { ladderText } from '../../../src/report/ladder/text.js';
import { cellsOf } from '../../../src/text/width.js';
import { PLAIN } from '../analyses.js';
import { conversation, resetConversation, segment } from './details.js';

describe('a ladder in characters', () => {
  const notes = new Map([[8, '1.0 ms after the request; no response byte']]);
  const ladder = ladderOf(resetConversation(), { reveal: false, notes, serverName: 'a.example' });

  it('reads like the conversation', () => {
    expect(ladderText(ladder, { ...PLAIN, width: 72 })).toBe(
      [
        '                10.0.0.1:53554                              10.0.1.43:80',
        '                client                                server · a.example',
        '  #4  0.000 000 │──────────────────────── SYN ────────────────────────▶│',
        '  #5  0.001 000 │◀────────────────────── SYN ACK ──────────────────────│',
        '  #7  0.003 000 │───────────── GET /a?… HTTP/1.1  312 B ──────────────▶│',
        '▸ #8  0.004 000 │◀━━━━━━━━━━━━━━━━━━━━━━━━ RST ━━━━━━━━━━━━━━━━━━━━━━━━│',
        '      1.0 ms after the request; no response byte',
        '',
      ].join('\n'),
    );
  });

  it.each([60, 80, 120])('stays within %i columns', (width) => {
    for (const line of ladderText(ladder, { ...PLAIN, width }).split('\n'))
      expect(cellsOf(line)).toBeLessThanOrEqual(width);
  });

  it('keeps to ASCII where it has to', () => {
    const text = ladderText(ladder, { ...PLAIN, ascii: true });
    expect(text).toMatch(/^[\n -~]*$/);
    expect(text).toContain('> #8');
  });

  it('says how long nothing was sent', () => {
    const pause = conversation([
      segment(1, 'client', { payloadLength: 1 }),
      segment(2, 'server', { payloadLength: 1, atNs: 9.98e9 }),
    ]);
    expect(ladderText(ladderOf(pause, { reveal: false }), PLAIN)).toContain('⋮ 9.98 s nothing');
  });
});
