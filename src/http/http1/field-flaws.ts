/** What field lines did wrong, as bits; {@link FIELD_FLAWS} names them. RFC 9110 §5.1, §5.5, RFC 9112 §2.2, §5.1, §5.2, §11.2. */
export const BARE_LF = 1;
export const OBS_FOLD = 2;
export const SPACE_BEFORE_COLON = 4;
export const MALFORMED_LINE = 8;
export const LINE_TOO_LONG = 16;
export const TOO_MANY_FIELDS = 32;
export const BARE_CR = 64;
export const CONTROL_CHARACTER = 128;
export const MALFORMED_NAME = 256;

/** Anomaly name for each flaw bit, in order of the bits. */
export const FIELD_FLAWS: readonly string[] = [
  'http1-bare-lf',
  'http1-obs-fold',
  'http1-space-before-colon',
  'http1-malformed-field-line',
  'http1-line-too-long',
  'http1-too-many-fields',
  'http1-bare-cr',
  'http1-control-character',
  'http1-malformed-field-name',
];
