/** The part of the npm package pcap-parser that the differential test uses; it has no types of its own. */
declare module 'pcap-parser' {
  interface ParsedPacket {
    readonly header: {
      readonly timestampSeconds: number;
      readonly timestampMicroseconds: number;
      readonly capturedLength: number;
      readonly originalLength: number;
    };
    readonly data: Buffer;
  }

  interface Parser {
    on(event: 'packet', listener: (packet: ParsedPacket) => void): this;
    on(event: 'end', listener: () => void): this;
    on(event: 'error', listener: (error: Error) => void): this;
  }

  export function parse(input: import('node:stream').Readable): Parser;
}
