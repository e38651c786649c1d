/**
 * Defaults of flags: from the environment (`PCAPDX_TIME=local`), the project's file (.pcapdxrc.json in the
 * working directory) and the user's ($XDG_CONFIG_HOME/pcapdx/config.json), in this order; a flag goes before.
 *
 * The flags themselves say what is valid, so that there is one definition of each. A file cannot do
 * what must be asked for each time: show secrets, run a program (`--rules`), write, or decrypt.
 */
import type { Command, Option } from 'commander';
import { nearestName } from '../text/near-name.js';
import { visible } from '../text/visible.js';
import { isKey } from '../tui/key-text.js';
import { type Action, isAction, KEYS, type OwnKeys } from '../tui/keys.js';
import { UsageError } from './exit-code.js';
import type { Environment, Surroundings } from './surroundings.js';

/** Flags that may have a default in a file, by their names there; of each command those that it has. */
const IN_FILES: ReadonlySet<string> = new Set([
  ...['format', 'maxOccurrences', 'filter', 'rule', 'noRule', 'failOn', 'ladder', 'jobs'],
  ...['maxUnpacked', 'maxSpool'],
  ...['time', 'color', 'ascii', 'width', 'quiet', 'verbose'],
]);
/** In the environment also what reads more, and never what shows more. */
const IN_ENVIRONMENT: ReadonlySet<string> = new Set([...IN_FILES, 'keylog']);
const PROJECT_FILE = '.pcapdxrc.json';

type Values = Readonly<Record<string, unknown>>;

/** A file of settings, read. */
interface SettingsFile {
  readonly name: string;
  readonly values: Values;
}

/** Gives `command` the defaults of its flags that the command line does not set. @throws {UsageError} for what is not valid */
export function applySettings(command: Command, surroundings: Surroundings): void {
  const commands = command.parent?.commands ?? [command];
  const files = settingsFiles(surroundings).map((file) => checked(file, commands));
  const sources: readonly Source[] = [
    environmentSource(surroundings.env),
    ...files.flatMap(({ name, values }) => {
      const own = values[command.name()];
      const forAll = fileSource({ name, values });
      return isObject(own) ? [fileSource({ name: `${name}: ${command.name()}`, values: own }), forAll] : [forAll];
    }),
  ];
  for (const attribute of new Set(command.options.map((option) => option.attributeName()))) {
    if (command.getOptionValueSource(attribute) === 'cli') continue;
    // Flags that fill one list (--rule, --no-rule) have their default from one source together.
    const options = command.options.filter((option) => option.attributeName() === attribute);
    sources.find((source) => {
      const settings = options.flatMap((option) => {
        const setting = source(option);
        return setting === null ? [] : [{ option, ...setting }];
      });
      return settings.map((setting) => set(command, setting, commands)).includes(true);
    });
  }
}

/** The command whose object in a file may hold keys, and their name there. */
const TUI = 'tui';
const TUI_KEYS = 'keys';

/** The user's own keys of the terminal, by action; the project's file goes before. @throws {UsageError} for what is not valid */
export function ownKeys(surroundings: Surroundings): OwnKeys {
  const own: Partial<Record<Action, readonly string[]>> = {};
  for (const { name, values } of settingsFiles(surroundings)) {
    const settings = values[TUI];
    const keys = isObject(settings) ? settings[TUI_KEYS] : undefined;
    if (keys === undefined) continue;
    const place = `${name}: ${TUI}: ${TUI_KEYS}`;
    if (!isObject(keys)) throw new UsageError(`${place}: an object is needed`);
    for (const [action, value] of Object.entries(keys)) {
      if (!isAction(action)) throw unknownKey(place, action, [...new Set(KEYS.map((binding) => binding.action))]);
      const list: readonly unknown[] = Array.isArray(value) ? value : [value];
      const bound = list.filter((key): key is string => typeof key === 'string' && isKey(key));
      if (bound.length === 0 || bound.length < list.length)
        throw new UsageError(`${place}: ${action}: keys are needed, as in ["j", "down", "ctrl-n"]`);
      own[action] ??= bound;
    }
  }
  return own;
}

/** What a source says of an option. */
interface Setting {
  /** Where it stands, for messages. */
  readonly place: string;
  readonly value: boolean | readonly string[];
}
type Source = (option: Option) => Setting | null;

function environmentSource(env: Environment): Source {
  return (option) => {
    const name = settingName(option);
    if (!IN_ENVIRONMENT.has(name)) return null;
    const place: `PCAPDX_${string}` = `PCAPDX_${name.replaceAll(/([A-Z])/g, '_$1').toUpperCase()}`;
    const text = env[place] ?? '';
    if (text === '') return null;
    if (!option.isBoolean()) return { place, value: isList(option) ? text.split(',') : [text] };
    const value = SWITCHES[text.toLowerCase()];
    if (value === undefined) throw new UsageError(`${place}: 1 or 0 is needed`);
    return { place, value };
  };
}

const SWITCHES: Readonly<Record<string, boolean>> = {
  1: true,
  true: true,
  yes: true,
  0: false,
  false: false,
  no: false,
};

function fileSource({ name, values }: SettingsFile): Source {
  return (option) => {
    const key = settingName(option);
    const value = values[key];
    if (!IN_FILES.has(key) || value === undefined) return null;
    const place = `${name}: ${key}`;
    if (option.isBoolean()) {
      if (typeof value !== 'boolean') throw new UsageError(`${place}: true or false is needed`);
      return { place, value };
    }
    if (Array.isArray(value) && !isList(option)) throw new UsageError(`${place}: one value is needed, not a list`);
    const list: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!list.every((item) => typeof item === 'string' || typeof item === 'number'))
      throw new UsageError(`${place}: a text or number is needed`);
    return { place, value: list.map(String) };
  };
}

/** Sets an option as the command line would: its own parser says what is valid. `false`: the value is one of other commands. */
function set(
  command: Command,
  { option, place, value }: Setting & { readonly option: Option },
  commands: readonly Command[],
): boolean {
  const attribute = option.attributeName();
  if (typeof value === 'boolean') command.setOptionValueWithSource(attribute, value, 'config');
  else {
    for (const text of value) {
      if (isChoiceOfOthers(option, text, commands)) return false;
      try {
        const previous: unknown = command.getOptionValue(attribute);
        const parsed: unknown = option.parseArg === undefined ? text : option.parseArg(text, previous);
        command.setOptionValueWithSource(attribute, parsed, 'config');
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        throw new UsageError(`${place}: ${visible(text)}: ${error.message}`);
      }
    }
  }
  return true;
}

/** `format: json` is meant for the commands that have that format. */
function isChoiceOfOthers({ long, argChoices }: Option, text: string, commands: readonly Command[]): boolean {
  if (argChoices === undefined || argChoices.includes(text)) return false;
  return commands.some(({ options }) =>
    options.some((other) => other.long === long && other.argChoices?.includes(text) === true),
  );
}

/** What a flag is called in files: `--max-occurrences` is maxOccurrences, and `--no-rule` noRule. */
function settingName({ long }: Option): string {
  return (long ?? '').replace(/^--/, '').replaceAll(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Flags that may be given again. */
function isList(option: Option): boolean {
  return option.description.includes('may be repeated');
}

/** Those that there are, the project's first. */
function settingsFiles({ env, readText }: Surroundings): SettingsFile[] {
  const home = env.HOME ?? '';
  const folder = (env.XDG_CONFIG_HOME ?? '') || (home === '' ? '' : `${home}/.config`);
  const names = [PROJECT_FILE, ...(folder === '' ? [] : [`${folder}/pcapdx/config.json`])];
  return names.flatMap((name) => {
    const text = readText(name);
    if (text === null) return [];
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (error) {
      throw new UsageError(`${visible(name)}: is not JSON: ${visible(error instanceof Error ? error.message : '')}`);
    }
    if (!isObject(values)) throw new UsageError(`${visible(name)}: an object is needed`);
    return [{ name: visible(name), values }];
  });
}

/** The file, when every key in it is a flag that may stand there. */
function checked(file: SettingsFile, commands: readonly Command[]): SettingsFile {
  const flagsOf = (of: readonly Command[]) =>
    of.flatMap(({ options }) => options.map(settingName)).filter((name) => IN_FILES.has(name));
  const names = [...new Set(flagsOf(commands)), ...commands.map((known) => known.name())];
  for (const [key, value] of Object.entries(file.values)) {
    const command = commands.find((known) => known.name() === key);
    // `rules` is a command and a flag.
    if (command === undefined || !isObject(value)) refuseFlag(file.name, key, commands);
    if (!names.includes(key)) throw unknownKey(file.name, key, names);
    if (command === undefined) continue;
    if (!isObject(value)) throw new UsageError(`${file.name}: ${key}: an object is needed, the flags of that command`);
    const own = [...flagsOf([command]), ...(key === TUI ? [TUI_KEYS] : [])];
    for (const inner of Object.keys(value)) {
      refuseFlag(`${file.name}: ${key}`, inner, [command]);
      if (!own.includes(inner)) throw unknownKey(`${file.name}: ${key}`, inner, own);
    }
  }
  return file;
}

/** @throws {UsageError} for a flag that no file may set */
function refuseFlag(place: string, key: string, commands: readonly Command[]): void {
  const option = commands.flatMap(({ options }) => options).find((known) => settingName(known) === key);
  if (option === undefined || IN_FILES.has(key)) return;
  throw new UsageError(`${place}: ${key}: no file may set this, it is asked for each time: ${option.long}`);
}

function unknownKey(place: string, key: string, names: readonly string[]): UsageError {
  const near = nearestName(key, names);
  const hint = near === null ? 'no such setting' : `did you mean "${near}"?`;
  return new UsageError(`${place}: unknown key "${visible(key)}" (${hint})`);
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
