/** A connection as the rows of its ladder, and where among them the packet stands that matters. */
import type { Evidence, EvidencePacket, Finding } from '../../facts/finding.js';
import type { ConversationDetail } from '../../facts/packet-detail.js';
import type { PacketReference } from '../../facts/packet-reference.js';
import { type Ladder, type LadderOptions, ladderOf } from '../../report/ladder/ladder.js';
import type { LadderRow } from '../../report/ladder/row.js';
import { UNSALTED } from '../../text/redaction.js';
import type { TuiData } from './data.js';
import type { LadderLevel } from './state.js';

/** What a ladder is made of; equal ones give the same object. */
interface Made {
  readonly detail: ConversationDetail;
  /** The other leg of a proxy. */
  readonly other: ConversationDetail | null;
  readonly finding: Finding | null;
  readonly isRevealing: boolean;
  readonly isAll: boolean;
  readonly hasAcknowledgements: boolean;
  readonly ladder: Ladder;
}

let made: Made | null = null;

/** The ladder that a level shows; `null`: its packets are not here yet. */
export function ladderFor(level: LadderLevel, data: TuiData, isRevealing: boolean): Ladder | null {
  const loaded = data.conversation(level.stream);
  if (loaded?.state !== 'here') return null;
  const detail = loaded.value;
  const legs = level.hasLegs ? data.legs(level.stream) : null;
  const beside = legs === null ? null : data.conversation(legs.front === level.stream ? legs.back : legs.front);
  const other = beside?.state === 'here' ? beside.value : null;
  const { isAll, hasAcknowledgements } = level;
  const finding = findingOf(level, data);
  const isSame =
    made !== null &&
    made.detail === detail &&
    made.other === other &&
    made.finding === finding &&
    made.isRevealing === isRevealing &&
    made.isAll === isAll &&
    made.hasAcknowledgements === hasAcknowledgements;
  if (made !== null && isSame) return made.ladder;
  const [front, back] =
    other === null || legs === null ? [detail] : legs.front === level.stream ? [detail, other] : [other, detail];
  const proof = proofOf(level, data);
  const options: LadderOptions = {
    notes: new Map(proof.map(({ packet, note }) => [packet, note] as const)),
    asides: proof.filter(({ elsewhere }) => elsewhere === true),
    serverName: finding?.subject.name ?? nameOf(detail),
    reveal: isRevealing,
    all: isAll,
  };
  const whole = ladderOf(front ?? detail, options, back);
  const ladder =
    isAll && !hasAcknowledgements ? { ...whole, rows: whole.rows.filter((row) => !isAcknowledgement(row)) } : whole;
  made = { detail, other, finding, isRevealing, isAll, hasAcknowledgements, ladder };
  return ladder;
}

/** The occurrence that a ladder shows; `null`: it was not opened from a finding, or the finding is gone. */
export function occurrenceOf({ occurrence }: LadderLevel, data: TuiData): Evidence | null {
  if (occurrence === null) return null;
  return data.findingOf(occurrence.finding)?.evidence[occurrence.index] ?? null;
}

/** The row to look at first: what the last packet of the evidence shows; without evidence the first row. */
export function placeOfEvidence({ rows }: Ladder): number {
  let place = 0;
  for (const [index, row] of rows.entries()) if (row.kind === 'message' && row.note !== null) place = index;
  return place;
}

/** The row that holds a packet, or the one before it. */
export function placeOfPacket({ rows }: Ladder, packet: PacketReference): number {
  const place = rows.findLastIndex((row) => row.kind === 'message' && row.packet <= packet);
  return Math.max(0, place);
}

function findingOf({ occurrence }: LadderLevel, data: TuiData): Finding | null {
  return occurrence === null ? null : data.findingOf(occurrence.finding);
}

/** What findings say of single packets; of a ladder opened from the connections, what any of them says. */
function proofOf(level: LadderLevel, data: TuiData): readonly EvidencePacket[] {
  const shown = occurrenceOf(level, data);
  const evidence =
    shown === null
      ? data.findings.flatMap((finding) => finding.evidence.filter(({ stream }) => stream === level.stream))
      : [shown];
  return evidence.flatMap(({ packets }) => packets);
}

function nameOf({ connection }: ConversationDetail): string | null {
  const authority = connection.exchanges[0]?.request?.authority ?? null;
  return connection.tls?.clientHello?.serverNames[0] ?? (authority === null ? null : UNSALTED.authority(authority));
}

function isAcknowledgement(row: LadderRow): boolean {
  return row.kind === 'message' && row.shape === 'acknowledgement' && row.note === null;
}
