import type { ConversationDetail } from '../facts/packet-detail.js';
import type { Ladder } from '../report/ladder/ladder.js';
import { type ChoiceFlags, checkChoice, chosenStreams } from './chosen-streams.js';
import { widthOf } from './colour.js';
import { type Destination, formatOf, openDestination } from './destination.js';
import { EXIT, UsageError } from './exit-code.js';
import { judgingOf } from './judging.js';
import { capturesOf, type ReadingFlags, readCaptures } from './reading.js';
import type { RuleChoice } from './rule-choice.js';
import type { Surroundings } from './surroundings.js';

/** Flags of `pcapdx ladder`. */
export interface LadderFlags extends ReadingFlags, ChoiceFlags {
  readonly occurrence?: number;
  readonly all?: boolean;
  readonly format?: 'text' | 'mermaid' | 'svg';
  readonly output?: string;
  readonly force?: boolean;
  readonly reveal?: boolean;
  readonly ascii?: boolean;
  readonly width?: number;
  readonly rule?: readonly RuleChoice[];
  readonly rules?: readonly string[];
}

/** `pcapdx ladder`: the captures are read, then the packets of one connection once more. */
export async function runLadder(
  named: readonly string[],
  flags: LadderFlags,
  commands: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  checkChoice(flags, flags.occurrence);
  const files = capturesOf(named, surroundings);
  if (files === null) return EXIT.input;
  const format = formatOf(flags.format, flags.output, {
    usual: 'text',
    byExtension: { '.txt': 'text', '.mmd': 'mermaid', '.svg': 'svg' },
  });
  const judging = await judgingOf(flags);
  const destination = openDestination(flags.output, flags.force === true, files, surroundings);
  const { DrillDown } = await import('../pipeline/drill-down.js');
  const drillDown = new DrillDown(null, flags);
  const reveal = flags.reveal === true;
  try {
    const { analysis, errors, exitCode } = await readCaptures(
      { files, flags, commands, reveal, drillDown, ...judging, streams: false, cleanUp: () => destination.discard() },
      surroundings,
    );
    if (errors.length > 0 && analysis.captures.length === 0) return exitCode;
    const occurrence = flags.occurrence ?? 1;
    const chosen = chosenStreams(flags, occurrence, analysis, (stream) => drillDown.spanOf(stream) !== null);
    const { ladderOf } = await import('../report/ladder/ladder.js');
    const details: ConversationDetail[] = [];
    for (const stream of chosen.streams) {
      const detail = await drillDown.conversation(stream, [...chosen.notes.keys()]);
      if (detail === null) throw new UsageError(`stream ${stream}: the capture was changed while it was read`);
      details.push(detail);
    }
    const { notes, serverName } = chosen;
    const options = { notes, serverName, reveal, all: flags.all === true };
    for (const detail of details) await write(ladderOf(detail, options), format, destination, flags);
    destination.commit();
    return exitCode;
  } finally {
    drillDown.close();
    destination.discard();
  }
}

async function write(
  ladder: Ladder,
  format: 'text' | 'mermaid' | 'svg',
  destination: Destination,
  flags: LadderFlags,
): Promise<void> {
  switch (format) {
    case 'text': {
      const { ladderText } = await import('../report/ladder/text.js');
      const width = widthOf(flags.width, destination.columns);
      const banner = flags.reveal === true ? 'SECRETS SHOWN (--reveal)\n' : '';
      const style = { width, isColoured: false, ascii: flags.ascii === true, time: 'relative' } as const;
      destination.write(banner + ladderText(ladder, style));
      return;
    }
    case 'mermaid': {
      const { ladderMermaid } = await import('../report/ladder/mermaid.js');
      destination.write(
        flags.reveal === true ? `%% secrets shown (--reveal)\n${ladderMermaid(ladder)}` : ladderMermaid(ladder),
      );
      return;
    }
    case 'svg': {
      const { ladderSvg } = await import('../report/ladder/svg.js');
      const { ladderTitle } = await import('../report/ladder/title.js');
      const title = `${ladderTitle(ladder)}${flags.reveal === true ? ' · secrets shown' : ''}`;
      destination.write(ladderSvg(ladder, { title, standsAlone: true, id: 'ladder' }));
      return;
    }
    default: {
      const never: never = format;
      return never;
    }
  }
}
