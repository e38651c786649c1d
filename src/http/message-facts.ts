import type { Draft } from '../facts/draft.js';
import type { Message, RequestMessage, ResponseMessage } from '../facts/exchange.js';

export type DraftMessage = Draft<Message>;
export type DraftRequest = Draft<RequestMessage>;
export type DraftResponse = Draft<ResponseMessage>;
