/**
 * Whether a reset was written by its sender: nine tests, F1 to F9 (docs/rules/rst-after-request.md).
 *
 * Each looks for something that the kernel in whose name the reset speaks cannot have done. A test
 * says `not-applicable` when what it needs was not seen, and `negative` when a genuine reset would
 * look just so. Naive tests raise many false alarms, so each one names what excuses it.
 */
import type { CapturePoint } from './capture-point.js';
import { burst, copiedFields, hopCount, linkSource, sameHandElsewhere } from './forgery-hand.js';
import { bothAtOnce, fasterThanRoundTrip, lifeAfterDeath, staleSequence } from './forgery-order.js';
import {
  type ForgeryContext,
  type ForgeryInput,
  type ForgeryTest,
  type ForgeryTestId,
  onEachReset,
} from './forgery-test.js';

/** How sure it is that somebody else wrote the resets. */
export type ForgeryVerdict = 'certain' | 'likely' | 'none';

/** All nine tests of one incident, in order. */
export function forgeryTests(input: ForgeryInput, context: ForgeryContext): ForgeryTest[] {
  return [
    onEachReset(input, (reset) => staleSequence(reset, input, context), 'F1', 'decisive'),
    fasterThanRoundTrip(input, context),
    bothAtOnce(input, context),
    onEachReset(input, (reset) => lifeAfterDeath(reset, input, context), 'F4', 'decisive'),
    onEachReset(input, (reset) => hopCount(reset, input, context), 'F5', 'strong'),
    onEachReset(input, (reset) => linkSource(reset, input, context), 'F6', 'decisive'),
    onEachReset(input, copiedFields, 'F7', 'medium'),
    burst(input, context),
    sameHandElsewhere(context),
  ];
}

/** Nothing is known of the server, and the capture may have been taken there. */
const atPoint = (point: CapturePoint): ForgeryContext => ({
  point,
  refusalTtls: [],
  macs: [],
  roundTripNs: null,
  fastestAnswerNs: null,
  sameElsewhere: null,
  captureDrops: false,
  oneOrder: true,
});
const ELSEWHERE = [
  ['server', atPoint('server')],
  ['client', atPoint('client')],
] as const;
const NOWHERE_KNOWN = atPoint('unknown');
/** Tests that depend on where the capture was taken; the others are asked once for all places. */
const BY_PLACE: Partial<Record<ForgeryTestId, typeof bothAtOnce>> = { F2: fasterThanRoundTrip, F3: bothAtOnce };

/**
 * What is positive of an incident wherever the capture will turn out to have been taken, nothing being
 * known of its server: words like `F1@server`, those of one place together.
 */
export function positiveTests(input: ForgeryInput): string[] {
  const words: string[] = [];
  const tests = forgeryTests(input, NOWHERE_KNOWN);
  for (const [place, context] of ELSEWHERE)
    for (const { id, result } of tests)
      if ((BY_PLACE[id]?.(input, context).result ?? result) === 'positive') words.push(`${id}@${place}`);
  for (const { id, result } of tests) if (result === 'positive') words.push(`${id}@unknown`);
  return words;
}

/** Any decisive test makes it certain; one strong and another besides make it likely. */
export function forgeryVerdict(tests: readonly ForgeryTest[]): ForgeryVerdict {
  const positive = tests.filter((test) => test.result === 'positive');
  if (positive.some((test) => test.weight === 'decisive')) return 'certain';
  return positive.some((test) => test.weight === 'strong') && positive.length > 1 ? 'likely' : 'none';
}
