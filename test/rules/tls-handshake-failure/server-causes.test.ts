import { describe, expect, it } from 'vitest';
import { weigh } from '../../../src/rules/argument/cause.js';
import type { Case } from '../../../src/rules/tls-handshake-failure/case.js';
import type { Failure, Sign } from '../../../src/rules/tls-handshake-failure/failure.js';
import { BEHIND, ENDED, IS_BEHIND } from '../../../src/rules/tls-handshake-failure/server-causes.js';

const UNMET = { packet: 7, atNs: 900 };
const END_NS = 1000;

/** What is said of both causes, and of a third that only asks whether somebody is behind. */
function saidOf(sign: Sign, { behind = null, ended = null }: Partial<Pick<Case, 'behind' | 'ended'>> = {}) {
  const first = { sign, packet: 9, atNs: END_NS } as Failure;
  const other = { means: '', grounds: [IS_BEHIND], otherwise: () => 'not asked' };
  const told = weigh({ behind: BEHIND, ended: ENDED, other }, { first, behind, ended } as Case);
  return Object.fromEntries(told.map(({ cause, verdict, because }) => [cause, `${verdict}: ${because}`]));
}

describe('what lies in the server', () => {
  it.each(['shape', 'dropped', 'silent'] as const)('has nobody behind: it ends so (%s)', (sign) => {
    expect(saidOf(sign, { behind: UNMET })).toEqual({
      behind: 'supported: a connection to another server, begun in #7, did not come about before the end #9',
      ended: 'ruled-out: there was nobody behind (#7)',
      other: 'ruled-out: there was nobody behind (#7)',
    });
  });

  it('is not known where nothing else was seen of it', () => {
    expect(saidOf('silent')).toEqual({
      behind: 'open: no connection of the server that failed meanwhile was captured',
      ended: 'open: nothing else shows that the server was ending then',
      other: 'open: not asked',
    });
  });

  it('may have somebody behind, but was not ending, where a record in an alert’s length is its last', () => {
    expect(saidOf('shape')).toMatchObject({
      behind: 'open: no connection of the server that failed meanwhile was captured',
      ended: 'ruled-out: it does not end in silence (#9)',
    });
  });

  it.each(['alert', 'answer', 'unused', 'left', 'unchosen'] as const)(
    'is not at fault: it ends otherwise (%s)',
    (sign) => {
      expect(saidOf(sign)).toMatchObject({
        behind: 'ruled-out: it does not end in silence (#9)',
        ended: 'ruled-out: it does not end in silence (#9)',
      });
    },
  );

  it('was ending: it cut a request off, or refused a connection soon after', () => {
    expect(saidOf('silent', { ended: { packet: 3, atNs: 400, how: 'cut' } })).toMatchObject({
      ended:
        'supported: the server also ended a connection with a request in progress (#3), and answered nobody from then until the end #9',
    });
    expect(saidOf('silent', { ended: { packet: 12, atNs: END_NS + 2_000_000, how: 'refused' } })).toMatchObject({
      ended: 'supported: 2.0 ms after the end #9 the server refused a connection (#12)',
    });
  });
});
