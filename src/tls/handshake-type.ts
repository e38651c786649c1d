/** Handshake messages that are read. RFC 8446 §4, RFC 5246 §7.4. */
export const CLIENT_HELLO = 1;
export const SERVER_HELLO = 2;
/** In the format of SSL 2.0. RFC 6101 appendix E. */
export const SSL2_SERVER_HELLO = 4;
export const END_OF_EARLY_DATA = 5;
export const ENCRYPTED_EXTENSIONS = 8;
export const CERTIFICATE = 11;
export const CERTIFICATE_REQUEST = 13;
export const SERVER_HELLO_DONE = 14;
export const FINISHED = 20;
export const KEY_UPDATE = 24;
/** RFC 8879. */
export const COMPRESSED_CERTIFICATE = 25;
