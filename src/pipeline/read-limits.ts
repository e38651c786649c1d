/** How far captures are read that may have been made to fill memory and disks; bytes. Each has a usual value. */
export interface ReadLimits {
  /** Of what one capture unpacks to (capture/unpacked-feed). */
  readonly maxUnpacked?: number | undefined;
  /** Kept on disk of pipes and compressed captures, to look at packets again (capture/spool). */
  readonly maxSpool?: number | undefined;
}
