/** Which two protocols meet. */
export type MismatchKind =
  | 'tls-to-plain'
  | 'plain-to-tls'
  | 'http2-to-http1'
  | 'http1-to-http2'
  | 'gateway-to-http'
  | 'grpc-to-http'
  | 'proxy-header-unexpected'
  | 'proxy-header-missing';

/** The rule's own figures in a finding: plain JSON. `report/` mirrors it. */
export interface ProtocolMismatchFacts {
  readonly kind: MismatchKind;
  readonly answers: string[];
  readonly clients: string[];
  readonly speaksTlsWithOthers: boolean;
}
