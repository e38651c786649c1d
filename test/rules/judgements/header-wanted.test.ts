import { describe, expect, it } from 'vitest';
import { weigh } from '../../../src/rules/argument/cause.js';
import {
  type HeaderWanted,
  headerMissing,
  headerWanted,
  mayWantHeader,
} from '../../../src/rules/judgements/header-wanted.js';
import { newSpoken } from '../../../src/rules/judgements/spoken-otherwise.js';

const ANSWERED = { packet: 3, atNs: 300 };
const HEADED = { packet: 5, atNs: 500 };
const NOBODY = headerWanted(newSpoken(), true);

/** The verdict, where the shortest time until an end is that. */
function said(header: HeaderWanted, shortestNs = 1000): string {
  const [told] = weigh({ it: headerMissing(() => ({ header, packet: 9, shortestNs })) }, {});
  return `${told?.verdict}: ${told?.because}`;
}

describe('whether a server waits for a PROXY header', () => {
  it('is not known where nobody is answered, and worth a try', () => {
    expect(mayWantHeader(NOBODY)).toBe(true);
    expect(said(NOBODY)).toMatch(/^open: nobody is seen to be answered there/);
  });

  it('is shown by a header that the server takes, beside requests that it drops', () => {
    expect(said(headerWanted({ ...newSpoken(), headed: HEADED }, true))).toMatch(
      /^supported: another client begins with a PROXY header \(#5\)/,
    );
  });

  it.each(['clear', 'http2', 'tls'] as const)('is ruled out by an answer without one (%s)', (how) => {
    const header = headerWanted({ ...newSpoken(), headed: HEADED, [how]: ANSWERED }, true);
    expect(mayWantHeader(header)).toBe(false);
    expect(said(header)).toBe('ruled-out: it answers without a PROXY header before (#3)');
  });

  it('is not known of requests behind others, within TLS or over HTTP/2', () => {
    const header = headerWanted({ ...newSpoken(), headed: HEADED }, false);
    expect(mayWantHeader(header)).toBe(false);
    expect(said(header)).toMatch(/^open: not each of them/);
  });

  it('is ruled out where the server lets time pass, which no check of first bytes needs', () => {
    expect(said(headerWanted({ ...newSpoken(), headed: HEADED }, true), 3e9)).toMatch(/^ruled-out: /);
  });
});
