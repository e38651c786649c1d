/** One field line that rules may need: the name in lower case, the value as sent, cut at {@link MAX_FIELD_VALUE} bytes. RFC 9110 §5. */
export interface Field {
  readonly name: string;
  readonly value: string;
}

/** Bytes kept of a field value: the longest that anyone reads in a report is a URL. */
export const MAX_FIELD_VALUE = 2048;
