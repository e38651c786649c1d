import { describe, expect, it } from 'vitest';
import { cellText, codeBlock, codeSpan, markdownText } from '../../../src/report/markdown/markdown-text.js';

describe('text for Markdown', () => {
  it.each([
    ['notifies nobody', 'by @octocat and @org/team', 'by `@octocat` and `@org/team`'],
    ['links no issue', 'see #12, GH-7, a/b#3 and !45', 'see `#12`, `GH-7`, `a/b#3` and `!45`'],
    ['has one span of code for what stands side by side', '@team#12 @a. @b#1', '`@team#12` `@a`. `@b#1`'],
    ['links no ticket and no commit', 'PROJ-77 deadbeef01', '`PROJ-77` `deadbeef01`'],
    [
      'links no address',
      'http://evil.example/x www.evil.example me@evil.example',
      '`http://evil.example/x` `www.evil.example` `me@evil.example`',
    ],
    [
      'leaves the sentence its stops and brackets',
      'at http://a.example/x. (see "https://b.example/?a=(1)", me@c.example; @octocat!)',
      'at `http://a.example/x`. (see "`https://b.example/?a=(1)`", `me@c.example`; `@octocat`\\!)',
    ],
    [
      'formats nothing',
      '*a* _b_ ~c~ [d](e) <f> {g} `h`',
      '\\*a\\* \\_b\\_ \\~c\\~ \\[d\\](e) \\<f\\> \\{g\\} &#96;h&#96;',
    ],
    ['begins no list', '- a', '\\- a'],
    ['begins no numbered list', '1. a', '&#49;. a'],
    [
      'draws no emoji',
      'SYN of fe80::a:1 to [2001:db8:100::31]:80. parser.js:100:14 :smile: 10.0.0.1:1234: late',
      'SYN of `fe80::a:1` to `[2001:db8:100::31]:80`. `parser.js:100:14` `:smile`: `10.0.0.1:1234`: late',
    ],
    ['leaves times and ports alone', '17:26:20 10.0.0.1:80: late', '17:26:20 10.0.0.1:80: late'],
    ['leaves addresses and figures alone', '10.0.1.43:80 took 1.5 s', '10.0.1.43:80 took 1.5 s'],
  ])('%s', (_, text, expected) => {
    expect(markdownText(text)).toBe(expected);
  });

  it('looks at a word of 200,000 letters once', () => {
    const begun = performance.now();
    expect(markdownText('cookie'.repeat(33_333))).toHaveLength(199_998);
    expect(markdownText(':1'.repeat(100_000))).toHaveLength(200_000);
    expect(markdownText(`:${'z'.repeat(70)}`.repeat(3000))).toHaveLength(3000 * 71);
    expect(performance.now() - begun).toBeLessThan(3000);
  });

  it('ends no cell of a table', () => {
    expect(cellText('a|b @x|y')).toBe('a\\|b `@x`\\|y');
  });

  it('lengthens the marks of code beyond any in it', () => {
    expect(codeSpan('a``b')).toBe('```a``b```');
    expect(codeSpan('`a')).toBe('`` `a ``');
    expect(codeBlock('x\n````\ny', 'mermaid')).toBe('`````mermaid\nx\n````\ny\n`````');
  });
});
