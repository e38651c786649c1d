/** The conversations that prove findings, as ladders: their packets are read once more. */
import type { Analysis } from '../facts/summary.js';
import type { DrillDown } from '../pipeline/drill-down.js';
import type { Ladder } from '../report/ladder/ladder.js';

/** Findings that get a drawing: nobody scrolls through more, and each costs a look into the capture. */
const MAX_LADDERS = 25;

/** The earliest occurrence of each finding, by its id. One that cannot be read any more has none. */
export async function laddersOf(
  analysis: Analysis,
  drillDown: Pick<DrillDown, 'conversation'>,
  reveal: boolean,
): Promise<Map<string, Ladder>> {
  const { ladderOf } = await import('../report/ladder/ladder.js');
  const ladders = new Map<string, Ladder>();
  for (const { id, evidence, subject } of analysis.findings.slice(0, MAX_LADDERS)) {
    const [first] = evidence;
    if (first === undefined) continue;
    const notes = new Map(first.packets.map(({ packet, note }) => [packet, note] as const));
    const asides = first.packets.filter(({ elsewhere }) => elsewhere === true);
    const detail = await drillDown.conversation(first.stream, [...notes.keys()]).catch(() => null);
    if (detail !== null) ladders.set(id, ladderOf(detail, { notes, asides, serverName: subject.name, reveal }));
  }
  return ladders;
}
