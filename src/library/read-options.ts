/** What reading captures takes, whatever is asked of them. */
export interface ReadOptions {
  /** Texts of TLS key logs (SSLKEYLOGFILE), beside those that stand in the captures. */
  readonly keyLogs?: readonly string[];
  /** Show secrets as they were sent; what is given then says so (`reveal`). Default: false. */
  readonly reveal?: boolean;
  /** What the capture named `-` is read from. Default: standard input. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Aborted: reading stops, and what was read until then is concluded from. */
  readonly signal?: AbortSignal;
}
