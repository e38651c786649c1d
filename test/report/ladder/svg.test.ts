import { describe, expect, it } from 'vitest';
import { ladderOf } from '../../../src/report/ladder/ladder.js';
import { ladderSvg } from '../../../src/report/ladder/svg.js';
import { ladderTitle } from '../../../src/report/ladder/title.js';
import { conversation, resetConversation, segment } from './details.js';

describe('a ladder as a picture', () => {
  const ladder = ladderOf(resetConversation(), { reveal: false, notes: new Map([[8, 'no answer']]) });
  const svg = ladderSvg(ladder, { title: ladderTitle(ladder), standsAlone: true, id: 'f1' });

  it('says in words what it shows, and gives each row its header fields', () => {
    expect(svg).toContain('<title id="f1-title">stream 0: 10.0.0.1:53554 to 10.0.1.43:80</title>');
    expect(svg).toContain('>GET /a?… HTTP/1.1  312 B</text>');
    expect(svg).toContain('TTL: 61 (others 64)');
    expect(svg.match(/<g class="row"/g)).toHaveLength(4);
  });

  it('is inert whatever the packets say', () => {
    const target = '/"><script>alert(1)</script><a href=\'x\' onload="&';
    const content = { kind: 'request', method: '<b>', target, version: 'HTTP/1.1', h2Stream: null } as const;
    const hostile = ladderOf(conversation([segment(1, 'client', { payloadLength: 9, contents: [content] })]), {
      reveal: false,
      serverName: '</title><script>',
    });
    const drawn = ladderSvg(hostile, { title: '<script>', standsAlone: false, id: 'f1' });
    expect(drawn).not.toMatch(/<script|<b>|<a /);
    expect(drawn).toContain('&lt;b&gt;');
  });

  it('brings nothing from elsewhere', () => {
    expect(svg.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|url\(|@import/);
  });
});
