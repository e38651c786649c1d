import type { Draft } from '../facts/draft.js';
import type { Message, RequestMessage, ResponseMessage } from '../facts/exchange.js';

/** A message under construction. */
export type DraftMessage = Draft<Message>;
/** A request under construction. */
export type DraftRequest = Draft<RequestMessage>;
/** A response under construction. */
export type DraftResponse = Draft<ResponseMessage>;
