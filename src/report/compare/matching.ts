/** Which findings of two reports are the same. */
import type { FindingDocument, ReportDocument } from '../schema.js';

/** What makes findings of two reports the same: the rule, the server, and the rule's own kind where it tells kinds apart. */
export interface Key {
  readonly rule: string;
  readonly kind: string | null;
  readonly address: string;
  readonly port: number;
  /** The address that the same server has in the other report; a redeployed container has another. */
  readonly addressAfter: string;
}

/** All that either report found, each once. */
export function keysOf(before: ReportDocument, after: ReportDocument): Map<string, Key> {
  const keys = new Map<string, Key>();
  const moved = movedServers(before, after);
  const note = (finding: FindingDocument, isAfter: boolean) => {
    const { address, port } = finding.subject;
    const from = isAfter ? (moved.back.get(serverText(address, port)) ?? address) : address;
    const to = isAfter ? address : (moved.on.get(serverText(address, port)) ?? address);
    const kind = kindOf(finding);
    keys.set([finding.rule, kind, from, port].join(' '), {
      ...{ rule: finding.rule, kind, port },
      ...{ address: from, addressAfter: to },
    });
  };
  for (const finding of before.findings) note(finding, false);
  for (const finding of after.findings) note(finding, true);
  return keys;
}

/** Servers that are in one report alone, and have a name and port that one server of the other alone has. */
function movedServers(before: ReportDocument, after: ReportDocument) {
  const on = new Map<string, string>();
  const back = new Map<string, string>();
  const only = (one: ReportDocument, other: ReportDocument) =>
    one.servers.filter(
      ({ address, port }) => !other.servers.some((known) => known.address === address && known.port === port),
    );
  const arrived = only(after, before);
  const left = only(before, after);
  const hasName = (server: ReportDocument['servers'][number], name: string | undefined, port: number) =>
    name !== undefined && server.port === port && server.names[0] === name;
  for (const { address, port, names } of left) {
    const candidates = arrived.filter((server) => hasName(server, names[0], port));
    const rivals = left.filter((server) => hasName(server, names[0], port));
    const [to] = candidates;
    if (to === undefined || candidates.length > 1 || rivals.length > 1) continue;
    on.set(serverText(address, port), to.address);
    back.set(serverText(to.address, port), address);
  }
  return { on, back };
}

/** The findings of a report that are this one; `address`: of its server there. */
export function findingsOf(
  report: ReportDocument,
  { rule, kind, port }: Key,
  address: string,
): readonly FindingDocument[] {
  return report.findings.filter(
    (finding) =>
      finding.rule === rule &&
      kindOf(finding) === kind &&
      finding.subject.address === address &&
      finding.subject.port === port,
  );
}

/** Rules that tell kinds apart say which in their figures. */
function kindOf({ facts }: FindingDocument): string | null {
  return 'kind' in facts && typeof facts.kind === 'string' ? facts.kind : null;
}

function serverText(address: string, port: number): string {
  return `${address} ${port}`;
}
