/**
 * The report as one page that opens from disk: it asks nothing of anywhere, and its policy lets
 * nothing run but its own script, known by its hash. Readable without it.
 */
import { createHash } from 'node:crypto';
import type { Finding } from '../../facts/finding.js';
import type { Overview } from '../../facts/overview.js';
import type { Analysis } from '../../facts/summary.js';
import { durationText } from '../../text/duration.js';
import { countText, manyText } from '../../text/size.js';
import { visible } from '../../text/visible.js';
import { adviceClauses } from '../advice.js';
import { answerAmong, captureCaveat } from '../answer.js';
import { captureNames } from '../capture-names.js';
import { findingTitle } from '../finding-title.js';
import { reportDocument } from '../json.js';
import type { Ladder } from '../ladder/ladder.js';
import { startText } from '../period.js';
import type { ReportInput } from '../report-input.js';
import { unseenClauses } from '../unseen-text.js';
import { xmlText } from '../xml.js';
import { connectionsSection } from './connections.js';
import { findingArticle, SIGNS } from './finding-article.js';
import { logsSection } from './logs.js';
import { timelinePlot } from './plots.js';
import { PAGE_SCRIPT } from './script.js';
import { dataElement } from './script-data.js';
import { serversSection } from './servers.js';
import { PAGE_STYLE } from './style.js';

/** Occurrences per finding unless told otherwise. */
export const HTML_OCCURRENCES = 20;
/** Characters of all findings together: what is beyond is told by number alone. */
const MAX_ARTICLES = 1_200_000;
/** Findings shown with all their occurrences; the others with one. */
const WHOLE_FINDINGS = 20;
/** Rows of all conversations in the page: some 1.3 KB each, drawn and as a table. Each has at least the second figure. */
const MAX_LADDER_ROWS = 1200;
const LEAST_LADDER_ROWS = 40;
/** Characters of the report within the page. */
const MAX_REPORT = 1_200_000;

/** What the page shows beside the analysis. */
export interface HtmlOptions {
  /** The conversation that proves each finding, by its id. */
  readonly ladders: ReadonlyMap<string, Ladder>;
  readonly overview: Overview;
}

/** The page, ended by a newline. */
export function htmlReport(input: ReportInput, { ladders, overview }: HtmlOptions): string {
  const { analysis } = input;
  const { findings } = analysis;
  const occurrences = input.maxOccurrences ?? HTML_OCCURRENCES;
  const rows = Math.max(LEAST_LADDER_ROWS, Math.floor(MAX_LADDER_ROWS / Math.max(1, ladders.size)));
  const articles: string[] = [];
  let length = 0;
  for (const [index, finding] of findings.entries()) {
    const shown = index < WHOLE_FINDINGS ? occurrences : Math.min(1, occurrences);
    const article = findingArticle(finding, input, ladders.get(finding.id), shown, rows);
    length += article.length;
    if (length > MAX_ARTICLES && articles.length > 0) break;
    articles.push(article);
  }
  const more = findings.length - articles.length;
  const title = `pcapdx: ${captureNames(analysis, visible)}`;
  const policy = `default-src 'none'; style-src ${hashOf(PAGE_STYLE)}; script-src ${hashOf(PAGE_SCRIPT)}; base-uri 'none'; form-action 'none'`;
  const parts = [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="referrer" content="no-referrer">',
    `<title>${xmlText(title)}</title><style>${PAGE_STYLE}</style></head><body>`,
    header(input, overview),
    '<main>',
    timeline(analysis, overview),
    `<section aria-labelledby="findings-title"><h2 id="findings-title">Findings</h2>${articles.join('')}`,
    articles.length === 0 ? nothingFound(analysis) : '',
    more > 0 ? `<p>${manyText(more, 'more finding is', 'more findings are')} not in this page.</p>` : '',
    '</section>',
    input.logs === undefined ? '' : logsSection(input.logs, analysis.originEpochNs ?? 0n),
    serversSection(analysis.servers),
    connectionsSection(overview, findings.slice(0, articles.length), analysis.connections, input.reveal),
    notSeen(input),
    `</main><footer><p class="dim">pcapdx ${xmlText(input.version)}</p><p id="status" role="status" class="visually-hidden"></p></footer>`,
    dataElement('report-data', reportJson(input)),
    `<script>${PAGE_SCRIPT}</script></body></html>`,
  ];
  return `${parts.join('\n')}\n`;
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function header(input: ReportInput, overview: Overview): string {
  const { analysis } = input;
  const { captures, connections, findings, originEpochNs, durationNs } = analysis;
  const packets = captures.reduce((sum, capture) => sum + capture.packets, 0);
  const answer = answerAmong(findings);
  const verdict = answer === undefined ? 'Nothing found' : findingTitle(answer);
  const files = captureNames(analysis, (file) => `<code>${xmlText(visible(file))}</code>`);
  const when = originEpochNs === null ? '' : `, ${durationText(durationNs)} from ${startText(originEpochNs, 'utc')}`;
  const count = (severity: string) => countText(findings.filter((finding) => finding.severity === severity).length);
  const sections = [
    ...(analysis.servers.length > 0 ? ['<li><a href="#servers-title">Servers</a></li>'] : []),
    ...(overview.connections.length > 0 ? ['<li><a href="#connections-title">Connections</a></li>'] : []),
  ].join('');
  const caveat = captureCaveat(findings);
  const filter =
    input.filter === null
      ? ''
      : `<p>Shown is what <code>${xmlText(visible(input.filter.expression))}</code> chooses; ${manyText(input.filter.hiddenFindings, 'finding is', 'findings are')} hidden.</p>`;
  return (
    `<header><p class="dim">pcapdx · ${files}: ${manyText(packets, 'packet')}, ${manyText(connections, 'connection')}${xmlText(when)} · ` +
    `${input.reveal ? 'secrets shown' : 'secrets hidden'} <button type="button" id="save" hidden>Save JSON</button></p>` +
    `<h1>${xmlText(verdict)}</h1>` +
    (input.reveal
      ? '<p class="secrets">Secrets shown: query strings and tokens stand as they were sent (--reveal).</p>'
      : '') +
    `<ul class="counts"><li class="critical">✖ ${count('critical')} critical</li><li class="warning">▲ ${count('warning')} ${count('warning') === '1' ? 'warning' : 'warnings'}</li><li class="notice">● ${count('notice')} ${count('notice') === '1' ? 'notice' : 'notices'}</li></ul>` +
    `${caveat === null ? '' : `<p>${xmlText(visible(caveat))}</p>`}${filter}<nav aria-label="findings and sections">${findingLinks(findings)}<ul>${sections}</ul></nav></header>`
  );
}

/** Findings that the head of the page leads to: no more than are taken in at a glance. */
const LINKED_FINDINGS = 12;

/** What each finding says, and how often; of one, the title is the page's. */
function findingLinks(findings: readonly Finding[]): string {
  const rows = findings.slice(0, LINKED_FINDINGS).map((finding) => {
    const { id, severity, occurrences } = finding;
    const glyph = `<span class="${severity}" role="img" aria-label="${severity}">${SIGNS[severity]}</span>`;
    const title = findings.length === 1 ? '' : ` ${xmlText(findingTitle(finding))}`;
    return `<li>${glyph} <a href="#${id}">${id}</a>${title} ×${countText(occurrences)}</li>`;
  });
  const next = findings[LINKED_FINDINGS];
  if (next !== undefined)
    rows.push(`<li><a href="#${next.id}">${countText(findings.length - rows.length)} more</a></li>`);
  return rows.length === 0 ? '' : `<ol class="index">${rows.join('')}</ol>`;
}

function timeline({ findings, durationNs }: Analysis, { timeline: counts }: Overview): string {
  if (counts.requests.length === 0) return '';
  return `<section aria-labelledby="time-title"><h2 id="time-title">Requests over time</h2>${timelinePlot(counts, findings, durationNs)}</section>`;
}

function nothingFound(analysis: Analysis): string {
  const { connections, exchanges, rules } = analysis;
  const looked = `${manyText(connections, 'connection')} and ${manyText(exchanges, 'exchange')}`;
  const advice = adviceClauses(analysis);
  const more = advice.length === 0 ? '' : `<p>See more: ${xmlText(advice.join('; '))}.</p>`;
  if (connections === 0) return `<p>There is no TCP connection in it.</p>${more}`;
  return `<p>No rule found a fault in ${looked}.</p>${more}<p class="dim">Checked: ${rules.map(xmlText).join(', ')}.</p>`;
}

function notSeen({ analysis, errors }: ReportInput): string {
  const clauses = unseenClauses(analysis.unseen, analysis.captures, analysis.keysGiven).map((clause) =>
    xmlText(clause),
  );
  const items = [
    ...clauses,
    ...errors.map(({ file, offset, reason }) => {
      const place = offset === null ? '' : `offset ${offset}: `;
      return `not read: <code>${xmlText(visible(file))}</code>: ${place}${xmlText(visible(reason))}`;
    }),
    ...analysis.captures.flatMap(({ file, warnings }) =>
      warnings.map((warning) => `<code>${xmlText(visible(file))}</code>: ${xmlText(visible(warning))}`),
    ),
    ...analysis.ruleFailures.map(({ rule, message }) => `rule ${xmlText(rule)} failed: ${xmlText(visible(message))}`),
  ];
  if (items.length === 0) return '';
  return `<section aria-labelledby="unseen-title"><h2 id="unseen-title">Not seen</h2><ul>${items.map((item) => `<li>${item}</li>`).join('')}</ul></section>`;
}

/** The JSON report; of a run with very many servers or findings without the last of them, so that the page stays small. */
function reportJson(input: ReportInput): string {
  const report = reportDocument(input);
  let { servers, findings } = report;
  let json = JSON.stringify(report);
  while (json.length > MAX_REPORT && servers.length + findings.length > 2) {
    if (servers.length > 1) servers = servers.slice(0, Math.ceil(servers.length / 2));
    else findings = findings.slice(0, Math.ceil(findings.length / 2));
    json = JSON.stringify({ ...report, servers, findings });
  }
  return json;
}
