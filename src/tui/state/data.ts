/** What the reading thread has told so far. It changes in place; `version` in the state says when. */

import type { Finding } from '../../facts/finding.js';
import type { Timeline } from '../../facts/overview.js';
import type { ConversationDetail } from '../../facts/packet-detail.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import type { PacketTree } from '../../facts/packet-tree.js';
import type { Analysis } from '../../facts/summary.js';
import { groupKey } from '../../findings/group.js';
import type {
  CauseMeanings,
  FromReader,
  Legs,
  OrderRequest,
  QuestionKind,
  Questions,
  ReadFailure,
} from '../../pipeline/explore/protocol.js';
import type { Plaintext } from '../../pipeline/explore/transcript.js';
import { ConnectionIndex } from '../../pipeline/index/connection-index.js';
import type { FindingKey } from './state.js';

/** Something that was asked for: on its way, here, or not to be had. */
export type Loaded<T> =
  | { readonly state: 'asked' }
  | { readonly state: 'here'; readonly value: T }
  | { readonly state: 'failed'; readonly reason: string };

/** A question, and what it is known by here. */
export type Want = {
  [K in QuestionKind]: { readonly question: K; readonly ask: Questions[K]['ask']; readonly key: string };
}[QuestionKind];

/** Kept of each kind; the oldest goes first. A long conversation is some 2 MB. */
const MAX_KEPT = {
  conversation: 8,
  packet: 64,
  plaintext: 4,
  order: 1,
  extract: 1,
  overview: 1,
  legs: 256,
  values: 32,
} as const;

/** See the head of this file. */
export class TuiData {
  /** So far, or once all is read. */
  analysis: Analysis | null = null;
  errors: readonly ReadFailure[] = [];
  causes: CauseMeanings = {};
  timeline: Timeline = { widthNs: 1, requests: [], failed: [] };
  readonly index = new ConnectionIndex();
  /** Rows of the connections in order; `null`: as they ended. */
  order: Uint32Array | null = null;
  /** What `order` is an order of. */
  orderOf: string | null = null;
  private readonly kept = new Map<string, Loaded<unknown>>();

  /** Takes a message in; answers come by {@link answered}. */
  take(message: FromReader): void {
    switch (message.kind) {
      case 'progress':
        this.index.grow(message.growth);
        this.timeline = message.timeline;
        break;
      case 'causes':
        this.causes = message.causes;
        break;
      case 'interim':
        this.analysis = message.analysis;
        break;
      case 'done':
        this.index.grow(message.growth);
        this.timeline = message.timeline;
        this.analysis = message.analysis;
        this.errors = message.errors;
        break;
      default:
    }
  }

  /** Whether it has to be asked for; marks it as asked. */
  wants(want: Want): boolean {
    if (this.kept.has(want.key)) return false;
    this.kept.set(want.key, { state: 'asked' });
    return true;
  }

  /** The answer to a want came. */
  answered(want: Want, answer: unknown): void {
    if (want.question === 'order') {
      this.order = answer instanceof Uint32Array ? answer : null;
      this.orderOf = want.key;
    }
    const value: Loaded<unknown> =
      answer === null ? { state: 'failed', reason: NOT_THERE[want.question] } : { state: 'here', value: answer };
    this.kept.set(want.key, value);
    this.forgetOldest(want.question);
  }

  refused(want: Want, reason: string): void {
    this.kept.set(want.key, { state: 'failed', reason });
  }

  conversation(stream: number): Loaded<ConversationDetail> | null {
    return (this.kept.get(conversationKey(stream)) as Loaded<ConversationDetail> | undefined) ?? null;
  }

  /** Both legs of a proxy that a connection is one of; `null`: none are known, or not yet. */
  legs(stream: number): Legs | null {
    const loaded = this.kept.get(legsKey(stream)) as Loaded<Legs> | undefined;
    return loaded?.state === 'here' ? loaded.value : null;
  }

  /** Whether it is not known yet if a connection has another leg, or that leg's packets are on their way. */
  awaitsLegs(stream: number): boolean {
    if (this.analysis?.bothLegs !== true) return false;
    const asked = this.kept.get(legsKey(stream));
    if (asked?.state === 'failed') return false;
    const legs = this.legs(stream);
    if (legs === null) return true;
    return this.conversation(legs.front === stream ? legs.back : legs.front)?.state === 'asked';
  }

  packet(packet: PacketReference): Loaded<PacketTree> | null {
    return (this.kept.get(packetKey(packet)) as Loaded<PacketTree> | undefined) ?? null;
  }

  plaintext(stream: number): Loaded<Plaintext> | null {
    return (this.kept.get(plaintextKey(stream)) as Loaded<Plaintext> | undefined) ?? null;
  }

  values(field: string): readonly string[] {
    const loaded = this.kept.get(valuesKey(field)) as Loaded<readonly string[]> | undefined;
    return loaded?.state === 'here' ? loaded.value : [];
  }

  get findings(): readonly Finding[] {
    return this.analysis?.findings ?? [];
  }

  findingOf(key: FindingKey): Finding | null {
    return this.findings.find((finding) => groupKey(finding) === key) ?? null;
  }

  /** How many rows the list of connections has. */
  get connectionCount(): number {
    return this.order?.length ?? this.index.size;
  }

  /** The row of the index that stands at a place of the list. */
  connectionAt(place: number): number {
    return this.order?.[place] ?? place;
  }

  /** Forgets answers that a larger index has overtaken. */
  forgetValues(): void {
    for (const key of this.kept.keys()) if (key.startsWith('values ')) this.kept.delete(key);
  }

  private forgetOldest(question: QuestionKind): void {
    const keys = [...this.kept.keys()].filter((key) => key.startsWith(`${question} `));
    for (const key of keys.slice(0, Math.max(0, keys.length - MAX_KEPT[question]))) this.kept.delete(key);
  }
}

const NOT_THERE: Readonly<Record<QuestionKind, string>> = {
  conversation: 'its packets are not in the capture any more: was the file changed?',
  packet: 'the packet is not in the capture any more: was the file changed?',
  plaintext: 'its packets are not in the capture any more: was the file changed?',
  order: 'the connections cannot be put in order',
  extract: 'nothing can be written',
  overview: 'nothing is known yet',
  legs: 'it has no other leg',
  values: '',
};

/** Under which a conversation is kept. */
export function conversationKey(stream: number): string {
  return `conversation ${stream}`;
}

/** Under which the legs of a connection are kept. */
export function legsKey(stream: number): string {
  return `legs ${stream}`;
}

/** Under which a packet is kept. */
export function packetKey(packet: PacketReference): string {
  return `packet ${packet}`;
}

/** Under which the plaintext of a connection is kept. */
export function plaintextKey(stream: number): string {
  return `plaintext ${stream}`;
}

/** Under which the values of a filter field are kept. */
export function valuesKey(field: string): string {
  return `values ${field}`;
}

/** @param size Rows that were there. */
export function orderKey(request: OrderRequest, size: number): string {
  return `order ${JSON.stringify(request)} ${size}`;
}
