/** In which way messages can be read twice: each supported or ruled out, with the packet that says so. */
import { type Cause, type Causes, claim, ruledOutBy, supportedBy } from '../argument/cause.js';
import type { SeenFlaw } from './ambiguity.js';
import { type FlawKind, flawOf } from './flaws.js';

function kindOf(kind: FlawKind, means: string): Cause<readonly SeenFlaw[]> {
  return {
    means,
    grounds: [
      supportedBy((flaws) => {
        const found = flaws.find(({ name }) => flawOf(name)?.kind === kind);
        return found === undefined
          ? null
          : claim([found.packet], (packet) => `${flawOf(found.name)?.text ?? found.name} (${packet})`);
      }),
      ruledOutBy(([first]) =>
        first === undefined ? null : claim([first.packet], (packet) => `what there is, is of another kind (${packet})`),
      ),
    ],
    otherwise: () => 'no flaw was kept',
  };
}

/** See the head of this file. */
export const CAUSES: Causes<readonly SeenFlaw[]> = {
  'two-lengths': kindOf('two-lengths', 'The message has two lengths; which one counts depends on who reads it.'),
  'wrong-length': kindOf('wrong-length', 'The length is none, or not the body’s.'),
  'loose-syntax': kindOf('loose-syntax', 'The head is written so that some readers refuse it and others guess.'),
  'broken-syntax': kindOf('broken-syntax', 'What is sent is not HTTP as it is defined, and need not be taken.'),
  'unread-body': kindOf(
    'unread-body',
    'The server answers before it has read the body, and takes it for the next request.',
  ),
};
