/** What a record holds. RFC 8446 §5.1. */
export const CHANGE_CIPHER_SPEC = 20;
export const ALERT = 21;
export const HANDSHAKE = 22;
export const APPLICATION_DATA = 23;
/** RFC 6520. Known, so that a record of it does not look like damage. */
export const HEARTBEAT = 24;
