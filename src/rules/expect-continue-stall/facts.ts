/** The rule's own figures in a finding: plain JSON, units in the names. `report/` mirrors it. */
export interface ExpectContinueStallFacts {
  readonly shortestStallNs: number;
  readonly longestStallNs: number;
  readonly requestsWithExpect: number;
  readonly toldToContinue: number;
}
