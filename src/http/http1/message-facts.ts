import type { Message, RequestMessage, ResponseMessage } from '../../facts/exchange.js';

/** Facts while they are being collected; whoever is given them at the end sees them read-only. */
export type Draft<T> = { -readonly [K in keyof T]: T[K] };

export type DraftMessage = Draft<Message>;
export type DraftRequest = Draft<RequestMessage>;
export type DraftResponse = Draft<ResponseMessage>;
