import { describe, expect, it } from 'vitest';
import { charactersOf, textKindOf } from '../../../src/capture/text-log/recognise.js';

const SEGMENT = 'IP 10.0.0.1.1 > 10.0.0.2.80: Flags [S], seq 1, win 1, length 0';

describe('a text', () => {
  it.each([
    [`We saw this:\n> 17:02:09.259562 ${SEGMENT}\nWhat is it?`, 'printed'],
    [`17:02:09.259562 ${SEGMENT.replace('>', '&gt;')}`, 'printed'],
    ['17:02:09.259562 IP 10.0.0.1.1 > 10.0.0.2.80: S 1:1(0) win 1 <mss 1460>', 'printed'],
    [SEGMENT, 'without-times'],
    ['17:02:09.259562 IP 10.0.0.1.1 > 10.0.0.2.80: tcp 0', 'without-flags'],
    ['1 0.000000 10.0.0.1 → 10.0.0.2 TCP 74 1 → 80 [SYN] Seq=0 Win=1 Len=0', 'listed'],
    [`<p>17:02:09.259562 ${SEGMENT.replace('[S]', '<b>&#91;S&#93;</b>').replace('>', '&gt;')}</p>`, 'printed'],
    ['Frame 1: 54 bytes on wire\nTransmission Control Protocol, Src Port: 1, Dst Port: 80, Seq: 0, Len: 0', 'listed'],
    ['Flags are at 17:02:09.259562 half mast', null],
    ['GET / HTTP/1.1\r\n\r\n', null],
  ])('%s', (text, kind) => {
    expect(textKindOf(text)).toBe(kind);
  });
});

describe('its characters', () => {
  it('are UTF-8, UTF-16 with its mark, or bytes', () => {
    expect(charactersOf(Buffer.from('방화벽'))).toBe('방화벽');
    expect(charactersOf(Buffer.from('방화벽').subarray(0, 8)).slice(0, 2)).toBe('방화');
    expect(charactersOf(Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a→b', 'utf16le')]))).toBe('a→b');
    expect(charactersOf(Uint8Array.of(0x61, 0xe4, 0x62))).toBe('a\u00e4b');
    expect(charactersOf(new Uint8Array(0))).toBe('');
  });
});
