/** Does what keys lead to beyond the state: copies, writes, explains. */
import { existsSync } from 'node:fs';
import type { Finding } from '../facts/finding.js';
import type { Overview } from '../facts/overview.js';
import type { ConversationDetail } from '../facts/packet-detail.js';
import type { PacketReference } from '../facts/packet-reference.js';
import type { Analysis } from '../facts/summary.js';
import { unseenClauses } from '../report/unseen-text.js';
import { byteText, manyText } from '../text/size.js';
import { visible } from '../text/visible.js';
import type { Reader } from './reader.js';
import type { TuiData } from './state/data.js';
import type { Effect } from './state/effect.js';
import type { ExportChoice } from './state/export-choice.js';
import { ladderFor } from './state/ladder-rows.js';
import { type TuiState, topOf } from './state/state.js';
import type { TuiEvent } from './state/update.js';

/** What the commands can do already, given by whoever starts the application. */
export interface Services {
  /** A report in a format, of an analysis that may hold a choice of findings. */
  report(
    format: Exclude<ExportChoice['format'], 'pcapng'>,
    analysis: Analysis,
    data: TuiData,
    sources: ReportSources,
  ): Promise<string>;
  /** Writes a file whole or not at all. @throws where it cannot */
  write(file: string, content: string | Uint8Array, isOverwriting: boolean): void;
  /** What an extract says that it was made by. */
  readonly application: string;
  /** All that a rule says of itself, in lines of at most `width` cells; `null`: there is none. */
  explain(rule: string, width: number): Promise<readonly string[] | null>;
}

/** What the thread that reads can be asked for a report. */
export interface ReportSources {
  conversation(stream: number, kept: readonly PacketReference[]): Promise<ConversationDetail | null>;
  overview(): Promise<Overview>;
}

/** Whom the effects are done with. */
export interface PerformerOptions {
  readonly data: TuiData;
  readonly services: Services;
  readonly files: readonly string[];
  readonly reader: Pick<Reader, 'request'>;
  readonly copy: (text: string) => void;
  readonly dispatch: (event: TuiEvent) => void;
  readonly columns: () => number;
}

/** Longer texts have a screen of their own, not a place in the message about them. */
const MAX_SHOWN = 60;

/** See the head of this file. */
export function performer(options: PerformerOptions): (effect: Effect, state: TuiState) => Promise<void> {
  const { data, services, dispatch } = options;
  const say = (text: string, isError = false) => dispatch({ kind: 'said', status: { text, isError } });
  const copy = (what: string, text: string) => {
    options.copy(text);
    // A terminal may drop it without a word (tmux does by default), so it is shown as well.
    const isShort = text.length <= MAX_SHOWN && !text.includes('\n');
    const sent = `${what} sent to the terminal’s clipboard (${byteText(Buffer.byteLength(text))})`;
    if (isShort) say(`${sent}: ${text}`);
    else {
      dispatch({ kind: 'text', title: what, paragraphs: text.split('\n') });
      say(`${sent}; this is it, Esc goes back`);
    }
  };
  return async (effect, state) => {
    switch (effect.kind) {
      case 'copy':
        copy(effect.what, effect.text);
        break;
      case 'copy-finding': {
        const finding = data.findingOf(effect.finding);
        if (finding === null || data.analysis === null) return;
        copy(
          `${finding.id} as Markdown`,
          await services.report('markdown', only(data.analysis, [finding]), data, sourcesOf(options)),
        );
        break;
      }
      case 'copy-mermaid': {
        const top = topOf(state);
        const ladder = top.place === 'ladder' ? ladderFor(top, data, state.givesSecrets) : null;
        if (ladder === null) return;
        const { ladderMermaid } = await import('../report/ladder/mermaid.js');
        copy('Mermaid diagram', ladderMermaid(ladder));
        break;
      }
      case 'export':
        await write(effect, options, say);
        break;
      case 'explain': {
        const lines = await services.explain(effect.rule, options.columns() - 2);
        if (lines === null) say(`no rule ${effect.rule}`, true);
        else dispatch({ kind: 'text', title: effect.rule, paragraphs: lines });
        break;
      }
      case 'unseen':
        dispatch({ kind: 'text', title: 'what was not seen', paragraphs: unseenParagraphs(data) });
        break;
      default:
    }
  };
}

async function write(
  effect: Effect & { kind: 'export' },
  options: PerformerOptions,
  say: (text: string, isError?: boolean) => void,
): Promise<void> {
  const { data, services, dispatch } = options;
  const { choice, file, isOverwriting, findings, streams } = effect;
  if (existsSync(file) && !isOverwriting) {
    dispatch({ kind: 'exists', file });
    return;
  }
  const { analysis } = data;
  if (analysis === null) return;
  const chosen = findings?.map((key) => data.findingOf(key)).filter((found) => found !== null) ?? null;
  let content: string | Uint8Array;
  let what = '';
  if (choice.format === 'pcapng') {
    const finding = choice.scope === 'this' ? (chosen?.[0]?.id ?? null) : null;
    const request = { finding, streams, application: services.application };
    const { bytes, packets, connections } = await options.reader.request('extract', request);
    content = bytes;
    what = `${manyText(packets, 'packet')} of ${manyText(connections, 'connection')}, `;
  } else {
    const shown = chosen === null ? analysis : only(analysis, chosen);
    content = await services.report(choice.format, shown, data, sourcesOf(options));
  }
  services.write(file, content, isOverwriting);
  dispatch({ kind: 'written' });
  say(`${visible(file)}: ${what}${byteText(Buffer.byteLength(content))} written`);
}

function sourcesOf({ reader }: PerformerOptions): ReportSources {
  return {
    conversation: (stream, kept) => reader.request('conversation', { stream, kept }),
    overview: () => reader.request('overview', null),
  };
}

/** The analysis with some of its findings. */
function only(analysis: Analysis, findings: readonly Finding[]): Analysis {
  return { ...analysis, findings };
}

/** Everything that stands between the capture and the whole truth. */
function unseenParagraphs({ analysis, errors }: TuiData): readonly string[] {
  if (analysis === null) return ['Nothing is known yet.'];
  const paragraphs: string[] = ['NOT SEEN', ''];
  const clauses = unseenClauses(analysis.unseen, analysis.captures, analysis.keysGiven);
  if (clauses.length === 0) paragraphs.push('  All of it was seen.');
  for (const clause of clauses) paragraphs.push(`  ${clause}`);
  const warnings = analysis.captures.flatMap(({ file, warnings: each }) =>
    each.map((warning) => `  ${file}: ${warning}`),
  );
  if (warnings.length > 0) paragraphs.push('', 'WARNINGS', '', ...warnings);
  if (errors.length > 0) paragraphs.push('', 'NOT READ', '', ...errors.map(({ message }) => `  ${message}`));
  if (analysis.ruleFailures.length > 0)
    paragraphs.push(
      '',
      'RULES THAT FAILED',
      '',
      ...analysis.ruleFailures.map(({ rule, message }) => `  ${rule}: ${message}`),
    );
  paragraphs.push('', 'CHECKED', '', `  ${analysis.rules.length} rules: ${analysis.rules.join(', ')}`);
  return paragraphs;
}
