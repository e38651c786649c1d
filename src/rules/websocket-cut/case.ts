/** What the rule argues about: one server's WebSockets that have the moment or the age of their end in common. */

import type { WebSocketCut } from '../judgements/websocket-end.js';
import type { Cut } from './incident.js';
import type { Opened } from './tally.js';

/** What they have in common. */
export type Pattern =
  /** Different ages, one moment: several moments, where it happened again. */
  | 'one-moment'
  /** One age, different moments. */
  | 'one-age'
  /** Neither; the proxy cut both its legs. */
  | 'one-by-one';

/** See the head of this file. */
export interface Case {
  readonly pattern: Pattern;
  /** Those that the pattern holds of, in order. */
  readonly cuts: readonly Cut[];
  readonly first: Cut;
  /** Those of the first moment; of another pattern all. */
  readonly together: readonly Cut[];
  readonly moments: number;
  readonly webSockets: number;
  /** The age that they have in common, seconds; `null`: none. */
  readonly ageSeconds: number | null;
  /** The legs behind that the proxy itself ended too. */
  readonly backs: readonly { readonly cut: Cut; readonly back: WebSocketCut }[];
  /** The legs in front, where a proxy handed the end on to its client. */
  readonly fronts: readonly { readonly cut: Cut; readonly front: WebSocketCut }[];
  /** One that was sending frames until its end; `null`: all were silent. */
  readonly amid: Cut | null;
  /** How its client came back, for those whose client did. */
  readonly back: readonly { readonly cut: Cut; readonly opened: Opened }[];
}

/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface WebsocketCutFacts {
  readonly pattern: Pattern;
  readonly moments: number;
  readonly ageSeconds: number | null;
  readonly lowestAgeNs: number;
  readonly highestAgeNs: number;
  readonly amidFrames: number;
  readonly byReset: number;
  readonly seenOnBothLegs: number;
  readonly openedAgain: number;
  readonly messagesLost: number;
  readonly webSocketsOfServer: number;
}
