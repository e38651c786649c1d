/** Flags that several commands have, and the groups in which help shows them. */
import { Option } from 'commander';
import { NARROWEST, WIDEST_ASKED } from './colour.js';
import { choice, shard, size, streamNumbers, wholeNumber } from './option-values.js';

/** Headings of the help, over the flags that are alike. */
export const WHICH = 'Which:';
export const RESULT = 'Result:';
export const JUDGEMENT = 'Judgement:';
const TEXT = 'Text:';
export const OTHER = 'Other:';
/** In the manual and in completion; the help is one screen. */
export const LIMITS = 'Limits:';

/** What `report` and `merge` print. */
export function resultOptions(): Option[] {
  return [
    new Option('-f, --format <F>', 'text, markdown, html, json, ndjson (default: text)')
      .choices(['text', 'markdown', 'html', 'json', 'ndjson'])
      .helpGroup(RESULT),
    ...fileOptions('.txt, .md, .html, .json, .ndjson'),
    new Option('--max-occurrences <N>', 'examples per finding (default: text 3, json 20)')
      .argParser(wholeNumber(0))
      .helpGroup(RESULT),
    filterOption('findings'),
    revealOption(),
  ];
}

/** From which severity on it is told by the exit code. */
export function failOnOption(): Option {
  return new Option('--fail-on <S>', 'exit 1 at critical, warning, notice or never')
    .choices(['critical', 'warning', 'notice', 'never'])
    .helpGroup(JUDGEMENT);
}

/** How the work is split; the result of all parts is that of the whole. */
export function splitOptions(joined: string): Option[] {
  return [
    new Option('--jobs <N>', 'number of threads (default: by size of the capture)')
      .argParser(wholeNumber(1))
      .helpGroup(OTHER),
    new Option('--shard <I/N>', `part I of N of the connections; ${joined}`).argParser(shard).helpGroup(OTHER),
  ];
}

/** Where the result goes; `implied`: endings that choose a format. */
export function fileOptions(implied: string): Option[] {
  return [
    new Option('-o, --output <FILE>', `to FILE; ${implied} set --format`).helpGroup(RESULT),
    new Option('--force', 'overwrite the file of --output').helpGroup(RESULT),
  ];
}

/** Secrets as they were sent. */
export function revealOption(): Option {
  return new Option('--reveal', 'show query strings and tokens as sent').helpGroup(RESULT);
}

/** Which of `what` are shown. */
export function filterOption(what: string): Option {
  return new Option('--filter <EXPR>', `show these ${what} only: server:10.0.1.43 -port:443`).helpGroup(RESULT);
}

/** Connections by number. */
export function streamOption(): Option {
  return new Option('--stream <N>', 'a connection, by Wireshark’s tcp.stream; 3,7: several')
    .argParser(streamNumbers)
    .helpGroup(WHICH);
}

/** The connections of a finding. `known`: what its id is, or which is taken without the flag. */
export function findingOption(known: string): Option {
  return new Option('--finding <ID>', `a finding’s connections, by its id ${known}`).helpGroup(WHICH);
}

/** Rules of the user's own. */
export function ruleFileOption(): Option {
  return new Option('--rules <FILE>', 'module with your own rules; may be repeated').argParser(
    (file: string, previous: readonly string[] | undefined) => [...(previous ?? []), file],
  );
}

/** What decrypts TLS. */
export function keyLogOption(): Option {
  return new Option('--keylog <FILE>', 'TLS key log to decrypt with; env: use SSLKEYLOGFILE').helpGroup(JUDGEMENT);
}

/** How text looks. */
export function textOptions(): Option[] {
  return [
    new Option('--time <Z>', 'utc, local or relative times (default: utc)')
      .choices(['utc', 'local', 'relative'])
      .helpGroup(TEXT),
    new Option('--color <WHEN>', 'auto, always or never (default: auto)')
      .choices(['auto', 'always', 'never'])
      .helpGroup(TEXT),
    new Option('--ascii', 'ASCII characters only').helpGroup(TEXT),
    widthOption(),
  ];
}

/** How wide text is. */
export function widthOption(): Option {
  return new Option('--width <N>', 'columns (default: the terminal, up to 100, or 80)')
    .argParser(wholeNumber(NARROWEST, WIDEST_ASKED))
    .helpGroup(TEXT);
}

/** Limits on what captures may be made to fill. @param looksAgain The command looks at packets a second time. */
export function limitOptions(looksAgain: boolean): Option[] {
  const unpacked = new Option('--max-unpacked <SIZE>', 'how much to unpack of a capture (default: 100G)')
    .argParser(size)
    .helpGroup(LIMITS);
  const spool = new Option('--max-spool <SIZE>', 'how much to keep on disk of pipes and packed captures (default: 32G)')
    .argParser(size)
    .helpGroup(LIMITS);
  return looksAgain ? [unpacked, spool] : [unpacked];
}

/** What is said on standard error. */
export function otherOptions(): Option[] {
  return [
    new Option('-q, --quiet', 'no progress, no warnings on standard error').helpGroup(OTHER),
    new Option('-v, --verbose', 'show progress even without a terminal').helpGroup(OTHER),
  ];
}

/** Which rules run. */
export function ruleOptions(): Option[] {
  return [
    new Option('--rule <ID>', 'run this rule only; may be repeated, or a,b')
      .argParser(choice(true))
      .helpGroup(JUDGEMENT),
    new Option('--no-rule <ID>', 'leave this rule out; may be repeated, or a,b')
      .argParser(choice(false))
      .helpGroup(JUDGEMENT),
    ruleFileOption().helpGroup(JUDGEMENT),
  ];
}
