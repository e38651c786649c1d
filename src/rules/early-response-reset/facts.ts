/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface EarlyResponseResetFacts {
  readonly statuses: number[];
  readonly bodyBytesSent: number;
  readonly largestContentLength: number | null;
  readonly retriesJudged: number;
  readonly retriedAndAnswered: number;
}
