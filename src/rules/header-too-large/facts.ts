/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface HeaderTooLargeFacts {
  readonly whose: 'request' | 'response';
  readonly status: number;
  readonly smallestHeadBytes: number;
  readonly largestHeadBytes: number;
  readonly longestTargetBytes: number;
  readonly withCookie: number;
}
