import { describe, expect, it } from 'vitest';
import { plainLine, plainLines } from '../../../src/capture/text-log/plain-line.js';

const LINE = '17:02:09.259562 IP 10.0.0.1.63320 > 10.0.1.43.80: Flags [S], seq 1, win 1, length 0';

describe('a line', () => {
  it.each([
    ['quoted', `> > ${LINE}`],
    ['of a terminal', `${LINE}\r`],
    ['with blanks of a page', LINE.replaceAll(' ', '\u00a0')],
    ['in HTML', `<p>${LINE.replace('>', '&gt;').replace('[S]', '<span class="error">&#91;S&#x5d;</span>')}</p>`],
    ['in Markdown', `${LINE.replace('[S]', '\\[S\\]')}\\`],
    ['in a comment of a script', `  # ${LINE}`],
    ['in a comment of code', `//${LINE}`],
  ])('%s, is freed of that', (_, raw) => {
    expect(plainLine(raw)).toBe(LINE);
  });

  it('keeps the options of tcpdump before 4.0', () => {
    const old = 'S 1:1(0) win 1 <mss 1460,sackOK,timestamp 1 0,nop,wscale 7>';
    expect(plainLine(old)).toBe(old);
  });

  it('keeps what details of HTTP end with, and anchors', () => {
    for (const line of [String.raw`    Host: a.example\r\n`, '#anchor', '/path']) expect(plainLine(line)).toBe(line);
  });

  it('keeps characters that would end it, and what is no character', () => {
    expect(plainLine('a&#10;b&#1114112;c&unknown;')).toBe('a&#10;b&#1114112;c&unknown;');
  });

  it('is looked at no further than a longest line goes', () => {
    expect(plainLine('a'.repeat(20_000))).toHaveLength(16_384);
  });
});

it('a page may break lines by its own means', () => {
  expect([...plainLines('a<br/>\nb<br>c\n\nd')]).toEqual(['a', 'b', 'c', '', 'd']);
  expect([...plainLines('It is this:</p><pre class="x"><code>99</code></pre>\n1 < 2')]).toEqual([
    'It is this:',
    '99',
    '1 < 2',
  ]);
});
