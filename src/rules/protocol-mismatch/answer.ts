/** What a server says, or does, upon first bytes of another protocol than its own, and what that tells. */

/** See {@link ANSWERS}. */
export type AnswerKind =
  | 'refused'
  | 'demanded'
  | 'handed-on'
  | 'bad-request'
  | 'http1'
  | 'markup'
  | 'request'
  | 'http2'
  | 'not-grpc'
  | 'no-grpc-status'
  | 'tls-alert'
  | 'tls-handshake'
  | 'fin'
  | 'rst'
  | 'silence';

/** One answer. */
export interface Answer {
  readonly kind: AnswerKind;
  /** Its status, where that is told beside what kind it is; `null`: it is not, or there is none. */
  readonly status: number | null;
}

interface Told {
  /** As a sentence names it. */
  readonly text: string;
  /** `nothing`: the server just closed, or waited. `what-it-speaks`: the answer tells by itself. `that-it-refuses`: what it speaks with others tells. */
  readonly tells: 'nothing' | 'that-it-refuses' | 'what-it-speaks';
  /** It may be to something else, or of somebody else. */
  readonly isUnsure: boolean;
}

const ANSWERS: Readonly<Record<AnswerKind, Told>> = {
  // An answer in HTTP to plain HTTP: what else the server speaks says why.
  refused: { text: '400 in clear', tells: 'that-it-refuses', isUnsure: true },
  // The same, in the words by which servers ask for TLS (facts/beginning).
  demanded: { text: '400 in clear, which asks for TLS', tells: 'what-it-speaks', isUnsure: false },
  // The same, to a client that lets a proxy end the connection as well.
  'handed-on': {
    text: '400 in clear, which asks for TLS or hands on that a server behind it does',
    tells: 'what-it-speaks',
    isUnsure: true,
  },
  // To a PROXY header.
  'bad-request': { text: '400', tells: 'what-it-speaks', isUnsure: false },
  http1: { text: 'HTTP/1 in clear', tells: 'what-it-speaks', isUnsure: false },
  markup: { text: 'HTML in clear, without a status line', tells: 'what-it-speaks', isUnsure: false },
  request: { text: 'a request in clear', tells: 'what-it-speaks', isUnsure: false },
  http2: { text: 'HTTP/2 in clear', tells: 'what-it-speaks', isUnsure: false },
  // To a call of gRPC.
  'not-grpc': { text: 'HTTP that is not gRPC', tells: 'what-it-speaks', isUnsure: false },
  'no-grpc-status': { text: 'gRPC that ends without grpc-status', tells: 'what-it-speaks', isUnsure: false },
  'tls-alert': { text: 'a TLS alert', tells: 'what-it-speaks', isUnsure: false },
  'tls-handshake': { text: 'a TLS handshake', tells: 'what-it-speaks', isUnsure: false },
  fin: { text: 'FIN without a byte', tells: 'nothing', isUnsure: true },
  rst: { text: 'RST without a byte', tells: 'nothing', isUnsure: true },
  silence: { text: 'silence until the client gave up', tells: 'nothing', isUnsure: true },
};

/** An answer of this kind; `status` is told beside it. */
export function answerOf(kind: AnswerKind, status: number | null = null): Answer {
  return { kind, status };
}

/** As a sentence names it: `HTTP/1 in clear, 426`. */
export function answerText({ kind, status }: Answer): string {
  const { text } = ANSWERS[kind];
  return status === null ? text : `${text}, ${status}`;
}

/** Several as a sentence names them, each once; of one kind that is told with its status and without: with it. */
export function answerTexts(answers: readonly Answer[]): string[] {
  const withStatus = new Set(answers.flatMap(({ kind, status }) => (status === null ? [] : [kind])));
  const told = answers.filter(({ kind, status }) => status !== null || !withStatus.has(kind));
  return [...new Set(told.map(answerText))].sort();
}

/** The server said something, and did not just close. */
export function isSaid({ kind }: Answer): boolean {
  return ANSWERS[kind].tells !== 'nothing';
}

/** The answer itself tells what the server speaks. */
export function isTelling({ kind }: Answer): boolean {
  return ANSWERS[kind].tells === 'what-it-speaks';
}

/** It waited until the client gave up. */
export function isSilent({ answer }: { readonly answer: Answer }): boolean {
  return answer.kind === 'silence';
}

/** It is the server's own word to just that. */
export function isSure({ kind }: Answer): boolean {
  return !ANSWERS[kind].isUnsure;
}
