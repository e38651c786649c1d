import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import { CaptureError } from '../../src/capture/capture-error.js';
import { ClosedPipeError, type Output } from '../../src/cli/output.js';
import type { Analyze, Environment, Surroundings } from '../../src/cli/surroundings.js';
import { quietAnalysis } from '../report/analyses.js';

/** What the pipeline is asked, and what it answers. */
export type AnalyzeOptions = Parameters<Analyze>[0];
export type AnalysisResult = Awaited<ReturnType<Analyze>>;

/** An output that keeps what is written to it. */
export class Recorder implements Output {
  text = '';
  /** Nobody reads. */
  isClosed = false;
  readonly canBlock = true;

  constructor(
    readonly isTTY = false,
    readonly columns: number | undefined = undefined,
  ) {}

  write(text: string): void {
    if (this.isClosed) throw new ClosedPipeError('closed');
    this.text += text;
  }

  writeBytes(bytes: Uint8Array): void {
    this.write(Buffer.from(bytes).toString('latin1'));
  }
}

/** A world in which nothing is real. */
export class World implements Surroundings {
  stdout = new Recorder();
  stderr = new Recorder();
  stdin = { isTTY: true, open: () => Readable.from([]) };
  env: Environment = {};
  /** Files that there are, by name. */
  files: Record<string, string> = {};
  readonly signals = new EventEmitter();
  readonly exits: number[] = [];
  clockMs = 0;
  /** What the pipeline was asked. */
  asked: AnalyzeOptions[] = [];
  /** What the pipeline does. */
  pipeline: (options: AnalyzeOptions) => AnalysisResult | Promise<AnalysisResult> = () => ({
    analysis: quietAnalysis(),
    errors: [],
  });

  readonly exit = (code: number): void => {
    this.exits.push(code);
  };

  readonly readText = (file: string): string | null => this.files[file] ?? null;

  readonly now = (): number => this.clockMs;

  readonly loadAnalyze = async (): Promise<Analyze> => async (options) => {
    this.asked.push(options);
    return this.pipeline(options);
  };
}

/** What is wrong with a capture that breaks off. */
export function damage(file: string): CaptureError {
  return new CaptureError('damaged', file, 81_920, 'block length 7 is not a multiple of 4');
}
