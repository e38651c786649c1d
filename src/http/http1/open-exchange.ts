import type { InterimResponse } from '../../facts/exchange.js';
import type { DraftRequest, DraftResponse } from '../message-facts.js';

/** How the server's bytes stand before a response: all seen; lost within the message before; lost from a message boundary on, with at least one message. */
export type LossBefore = 'none' | 'within-message' | 'between-messages';

const NO_INTERIM: readonly InterimResponse[] = Object.freeze([]);

/** An exchange that was not told to the listener yet. */
export interface OpenExchange {
  request: DraftRequest | null;
  /** Nothing is to be added to the request. */
  requestDone: boolean;
  response: DraftResponse | null;
  /** Nothing is to be added to the response, or it was lost. */
  responseDone: boolean;
  interim: readonly InterimResponse[];
  /** A response that may yet find its request. */
  waiting: boolean;
  /** Bytes of the client were lost right behind the request: others may have followed it. */
  lostBehind: boolean;
  /** A response that nobody had asked for by then came right before the request: it may be its answer. */
  mayBeAnswered: boolean;
  /** How the server's bytes stood before the response. */
  loss: LossBefore;
}

/** An exchange that begins with this request; with `null`, one of a response alone. */
export function openExchange(request: DraftRequest | null): OpenExchange {
  return {
    request,
    requestDone: false,
    response: null,
    responseDone: false,
    interim: NO_INTERIM,
    waiting: false,
    lostBehind: false,
    mayBeAnswered: false,
    loss: 'none',
  };
}
