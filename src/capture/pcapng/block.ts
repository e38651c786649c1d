/** Block types. draft-ietf-opsawg-pcapng §10.1. */
export const SECTION_HEADER = 0x0a0d0d0a;
export const INTERFACE_DESCRIPTION = 1;
export const OBSOLETE_PACKET = 2;
export const SIMPLE_PACKET = 3;
export const NAME_RESOLUTION = 4;
export const INTERFACE_STATISTICS = 5;
export const ENHANCED_PACKET = 6;
export const DECRYPTION_SECRETS = 10;

/**
 * Blocks that hold no packet and yet take up a `frame.number` in Wireshark: systemd journal, custom
 * (both kinds), sysdig events (three kinds). Packet numbers must leave room for them.
 */
export const NUMBERED_BLOCKS: ReadonlySet<number> = new Set([9, 0x0bad, 0x40000bad, 0x204, 0x216, 0x221]);

/** Type and length before a block's body. */
export const BLOCK_HEADER_BYTES = 8;
/** The length again, behind the body. */
export const BLOCK_TRAILER_BYTES = 4;
/** A block without a body. */
export const MIN_BLOCK_BYTES = BLOCK_HEADER_BYTES + BLOCK_TRAILER_BYTES;

/** Largest block that is held to be read; Wireshark's bound. Larger ones of no concern are passed over. */
export const MAX_BLOCK_BYTES = 16 * 1024 * 1024;
