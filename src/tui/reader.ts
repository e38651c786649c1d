/** The reading thread as the application sees it: questions go out, answers come back to who asked. */
import { Worker } from 'node:worker_threads';
import type { FromReader, QuestionKind, Questions, ReadingTask, ToReader } from '../pipeline/explore/protocol.js';
import type { Want } from './state/data.js';

/** Who is told. */
export interface ReaderListener {
  /** Something was read. */
  told(message: Exclude<FromReader, { kind: 'answer' | 'refused' }>): void;
  answered(want: Want, answer: unknown): void;
  refused(want: Want, reason: string): void;
  /** The thread ended, which it never does by itself. */
  failed(error: Error): void;
}

/** See the head of this file. */
export class Reader {
  private readonly worker: Worker;
  private readonly open = new Map<number, Want>();
  private readonly requests = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
  private lastId = 0;
  private isClosed = false;

  constructor(private readonly listener: ReaderListener) {
    // Built, both lie in one folder (build/program.mjs).
    this.worker = new Worker(new URL('./reader-thread.js', import.meta.url), { stdin: false });
    this.worker.on('message', (message: FromReader) => this.take(message));
    this.worker.on('error', (error) => this.fail(error));
    this.worker.on('exit', () => this.fail(new Error('the reading thread ended')));
  }

  read(task: ReadingTask): void {
    this.send({ kind: 'read', task });
  }

  stop(): void {
    this.send({ kind: 'stop' });
  }

  ask(want: Want): void {
    this.lastId += 1;
    this.open.set(this.lastId, want);
    this.send({ kind: 'ask', id: this.lastId, question: want.question, ask: want.ask } as ToReader);
  }

  /** A question whose answer is waited for. Rejects with what was refused. */
  request<K extends QuestionKind>(question: K, ask: Questions[K]['ask']): Promise<Questions[K]['answer']> {
    this.lastId += 1;
    const id = this.lastId;
    this.send({ kind: 'ask', id, question, ask } as ToReader);
    return new Promise((resolve, reject) =>
      this.requests.set(id, { resolve: resolve as (answer: unknown) => void, reject }),
    );
  }

  close(): void {
    this.isClosed = true;
    void this.worker.terminate();
  }

  private send(message: ToReader): void {
    this.worker.postMessage(message);
  }

  private take(message: FromReader): void {
    if (this.isClosed) return;
    if (message.kind !== 'answer' && message.kind !== 'refused') {
      this.listener.told(message);
      return;
    }
    const request = this.requests.get(message.id);
    if (request !== undefined) {
      this.requests.delete(message.id);
      if (message.kind === 'answer') request.resolve(message.answer);
      else request.reject(new Error(message.reason));
      return;
    }
    const want = this.open.get(message.id);
    this.open.delete(message.id);
    if (want === undefined) return;
    if (message.kind === 'answer') this.listener.answered(want, message.answer);
    else this.listener.refused(want, message.reason);
  }

  private fail(error: Error): void {
    if (!this.isClosed) this.listener.failed(error);
  }
}
