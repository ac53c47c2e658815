import { z } from 'zod';
import { hostReport, type HostReport, type ReportReply } from '../core/api/report.ts';
import {
  OPERATOR,
  type BootView,
  type ClusterService,
  type ServiceRequest,
  type ServiceResponse,
} from '../core/api/service.ts';
import type { DriveHealthStatus, Status, TimelineEntry } from '../core/api/status.ts';
import type { Cluster } from '../core/cluster/schema.ts';
import { canonicalUuid } from '../core/identity/machine.ts';
import { twinsSentence } from '../core/identity/twins.ts';
import { hostUuidOfMac } from '../core/identity/uuid.ts';
import { absorb, EMPTY_INVENTORY, entrust, pass, without, type Inventory } from '../core/inventory/inventory.ts';
import { bootMac, statusOf } from '../core/inventory/status.ts';
import type { Mac } from '../core/net/mac.ts';
import { plan, type Plan } from '../core/plan/plan.ts';
import { fingerprint, type SshKey } from '../core/ssh/hostKey.ts';
import type { Secrets } from '../core/secrets/secrets.ts';
import type { Wanted } from '../core/plan/wanted.ts';
import { boundedLog, type BoundedLog } from './boundedLog.ts';
import { createEvents, type Events } from './cluster-events.ts';
import { deliver, type Keyring } from './deliver.ts';
import type { OperatorDoor } from './operatorDoor.ts';
import type { Clock } from '../shell/clock.ts';
import type { Log } from '../shell/log.ts';

/** What the cluster service needs of the rest of the server. */
export interface ServiceDeps {
  /** The last good version of cluster.yaml. */
  readonly cluster: () => Cluster;
  /** Guest images of the release that is served (`imagesOf`). */
  readonly images: Wanted['images'];
  readonly boot: BootView;
  readonly drive: () => Promise<Status['server']['drive']>;
  /** What reading it back has shown. */
  readonly driveHealth?: (() => DriveHealthStatus | undefined) | undefined;
  /** Sentences about the server itself, such as a mistake in cluster.yaml. */
  readonly warnings: () => readonly string[];
  /** The keys of the cluster; undefined where it keeps none. */
  readonly security?: Keyring | undefined;
  /** What secrets.yaml holds, as far as it is open. */
  readonly secrets?: (() => Secrets) | undefined;
  /** Answers what operators ask from other machines; absent where nothing can be changed through this server. */
  readonly operator?: OperatorDoor | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

type BoundedDeps = ServiceDeps & { readonly bounded: BoundedLog };

/** Milliseconds of a round, the interval at which hosts report. */
export const ROUND = 5000;

/** Takes reports, plans, and tells what it knows. */
export function createClusterService(given: ServiceDeps): ClusterService {
  const deps = { ...given, bounded: boundedLog(given.log, given.clock) };
  const state = new ClusterState(deps);
  const events = createEvents();
  return {
    handle: async (request) => answer(request, state, events, deps),
    onEvent: (mac: Mac, entry: TimelineEntry) => events.add(mac, entry),
  };
}

async function answer(
  request: ServiceRequest,
  state: ClusterState,
  events: Events,
  deps: BoundedDeps,
): Promise<ServiceResponse> {
  if (request.path.startsWith(`${OPERATOR}/`)) return deps.operator?.(request) ?? refusal(403, NO_DOOR);
  switch (`${request.method} ${request.path}`) {
    case 'POST /api/v1/report':
      return answerReport(request, state, deps);
    case 'GET /api/v1/status':
      return json(200, await state.status());
    case 'GET /api/v1/hosts/self/secrets':
      return answerSecrets(request, state, deps);
    case 'GET /api/v1/events':
      return json(200, events.since(Number(request.query.get('since') ?? 0)));
    default:
      return refusal(404, `there is no ${request.method} ${request.path}`);
  }
}

const NO_DOOR = 'this boot server serves a folder: what stands there is changed there';

function answerReport(request: ServiceRequest, state: ClusterState, deps: ServiceDeps): ServiceResponse {
  const report = readReport(request.body);
  if (typeof report !== 'string') return json(200, { ...state.report(report), ...authorityFor(request) });
  deps.log.say('CLUSTER_REPORT_REFUSED', { from: request.from, reason: report });
  return refusal(400, report);
}

/** A host that was booted before the cluster had its keys learns them by its first report, on the same wire as its boot. */
const authorityFor = ({ secure, authority }: ServiceRequest): Pick<ReportReply, 'authority'> =>
  secure || authority === undefined ? {} : { authority };

function answerSecrets(request: ServiceRequest, state: ClusterState, deps: BoundedDeps): ServiceResponse {
  const { from } = request;
  const given = deliver(request, { ...deps, inventory: state.inventory });
  if (given.kind === 'refused') {
    // A host that is refused asks every few minutes, and anybody may.
    deps.bounded.minutely('SECRETS_REFUSED', `${from} ${given.why}`, { from, why: given.why });
    return refusal(403, given.why);
  }
  deps.log.say('SECRETS_GIVEN', { from, name: given.name, lacks: given.lacks.map((lack) => `; ${lack}`).join('') });
  return json(200, given.secrets);
}

/** The report in a request, or the sentence why there is none. */
function readReport(body: Uint8Array): HostReport | string {
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return 'the report is no JSON';
  }
  const result = hostReport.safeParse(value);
  if (result.success) return result.data;
  return `the report is not of the form pxen.report/1: ${z.prettifyError(result.error).replaceAll('\n', ' ').slice(0, 300)}`;
}

/** The inventory and the plan made from it; changes only here. */
class ClusterState {
  readonly #deps: ServiceDeps;
  #inventory: Inventory = EMPTY_INVENTORY;
  #plan: Plan | undefined;
  /** When the last whole round ended. */
  #roundAt: number;

  constructor(deps: ServiceDeps) {
    this.#deps = deps;
    this.#roundAt = deps.clock.now();
  }

  get inventory(): Inventory {
    return this.#inventory;
  }

  report(told: HostReport): ReportReply {
    const { boot, log } = this.#deps;
    this.#advance();
    const mac = bootMac(told, boot.machines());
    const { name_label: name, address } = told.host;
    boot.reported(mac, told.health.ok, `${name} ${address}`);
    const report = this.#apart(told, mac);
    const { inventory, news } = absorb(this.#inventory, report);
    this.#inventory = inventory;
    log.say('CLUSTER_REPORT', { name: report.host.name_label, news, counter: report.counter });
    const { number, steps, orders } = this.#replan();
    if (news !== 'old') this.#inventory = entrust(this.#inventory, orders, report.host.uuid);
    const mine = news === 'old' ? [] : [...(steps[report.host.uuid] ?? [])];
    const warnings = this.#deps.warnings();
    const reply = { schema: 'pxen.report-reply/1', plan: number, steps: mine, again: ROUND } as const;
    return warnings.length === 0 ? reply : { ...reply, warnings: [...warnings] };
  }

  /** A host whose UUID is another machine's too goes by the card that it was booted by, under the name that follows from that. */
  #apart(report: HostReport, mac: Mac): HostReport {
    const { boot } = this.#deps;
    const { uuid: shared } = report.host;
    if (!boot.twins().some(({ uuid }) => canonicalUuid(uuid) === canonicalUuid(shared))) return report;
    this.#inventory = without(this.#inventory, shared);
    const name = boot.machines().find((machine) => machine.mac === mac)?.name ?? report.host.name_label;
    return { ...report, host: { ...report.host, uuid: hostUuidOfMac(mac), name_label: name } };
  }

  async status(): Promise<Status> {
    const { cluster, boot, drive, driveHealth, warnings, security } = this.#deps;
    this.#advance();
    return statusOf({
      cluster: cluster(),
      inventory: this.#inventory,
      plan: this.#replan(),
      machines: boot.machines(),
      timelineOf: (mac) => boot.timelines.of(mac),
      server: {
        address: boot.address,
        release: boot.release,
        drive: await drive(),
        driveHealth: driveHealth?.(),
        uptime: boot.uptime(),
        authority: security?.fingerprint() ?? null,
      },
      keptKeyOf: ({ host }) => keptKey(host.place === 'host0' ? security?.ownSshKey() : security?.sshKeyOf(host.uuid)),
      warnings: [...warnings(), ...boot.twins().map(twinsSentence)],
    });
  }

  /** Lets the rounds pass that have passed by the clock. */
  #advance(): void {
    const rounds = Math.floor((this.#deps.clock.now() - this.#roundAt) / ROUND);
    this.#roundAt += rounds * ROUND;
    this.#inventory = pass(this.#inventory, rounds);
  }

  #replan(): Plan {
    const { cluster, images, log } = this.#deps;
    const next = plan({ cluster: cluster(), images }, this.#inventory, this.#plan);
    if (next.number !== this.#plan?.number) {
      log.say('CLUSTER_PLAN', { number: next.number, explanation: next.explanation.join('; ') || 'nothing to do' });
    }
    this.#plan = next;
    return next;
  }
}

const keptKey = (key: SshKey | undefined): string | undefined => key && fingerprint(key);

const json = (status: number, value: unknown): ServiceResponse => ({
  status,
  type: 'application/json',
  body: `${JSON.stringify(value)}\n`,
});

const refusal = (status: number, error: string): ServiceResponse => json(status, { schema: 'pxen.error/1', error });
