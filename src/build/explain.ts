import { weights, type Weight } from '../core/image/weight.ts';
import { pieceOf, standing, type Plan, type Standing } from './cache.ts';
import { drivePlan } from './drive.ts';
import { lockInForce } from './obtain.ts';
import { planPieces, sourcesOf } from './pieces.ts';
import { describeRelease, releasePlan, type Described } from './release.ts';
import type { Tools } from './tools.ts';

export interface Explained {
  readonly pieces: readonly ExplainedPiece[];
  /** What the release is made of; undefined until all its pieces are built. */
  readonly release: Described | undefined;
  /** What `root.squashfs` holds, unpacked; empty until it is built. */
  readonly root: readonly Weight[];
}

interface ExplainedPiece {
  readonly name: string;
  readonly key: string;
  readonly folder: string;
  readonly cached: boolean;
  /** Why it would be built; empty where it is cached. */
  readonly why: string;
  /** How many inputs of each kind its key consists of. */
  readonly inputs: Readonly<Record<string, number>>;
}

/** What would be built and why, and what the image weighs. Builds nothing. */
export async function explainImage(): Promise<Explained> {
  const { all, tools } = await planPieces(await lockInForce());
  const stands = await Promise.all(all.map(standing));
  const missing = stands.filter(({ why }) => why !== undefined).map(({ plan }) => plan.name);
  const root = stands.find(({ plan, why }) => plan.name === 'root' && why === undefined);
  const canList = root !== undefined && !missing.includes('tools');
  const finished = missing.length === 0 ? await explainRelease(all, tools) : undefined;
  return {
    pieces: [...stands.map(explained), ...(finished?.pieces ?? waiting(missing))],
    release: finished?.release,
    root: canList ? weights(await listing(root.folder, tools)) : [],
  };
}

/** What `pxen image explain --json` prints. */
export function imageJson({ pieces, release, root }: Explained): object {
  if (release === undefined) return { schema: 'pxen.image/1', pieces, root };
  const files = release.manifest.files.map(({ name, size, sha256 }) => ({ name, size, sha256 }));
  const [{ release: id }, manifest] = [release.manifest, release.sha256];
  return {
    schema: 'pxen.image/1',
    pieces,
    weight: { release: id, manifest, wireBytes: release.wire, files },
    root,
  };
}

async function explainRelease(
  all: readonly Plan[],
  tools: Tools,
): Promise<{ pieces: ExplainedPiece[]; release: Described }> {
  const pieces = new Map(all.map((plan) => [plan.name, pieceOf(plan)]));
  const sources = sourcesOf((name) => pieces.get(name));
  const release = await describeRelease(sources);
  const plan = releasePlan(sources, release);
  const onDrive = { release: release.manifest.release, sha256: release.sha256, folder: pieceOf(plan).folder };
  const drive = await drivePlan(onDrive, tools);
  return { pieces: [explained(await standing(plan)), explained(await standing(drive))], release };
}

function explained({ plan, key, folder, why }: Standing): ExplainedPiece {
  const inputs: Record<string, number> = {};
  for (const line of plan.inputs) {
    const kind = line.split(' ', 1)[0] ?? '';
    inputs[kind] = (inputs[kind] ?? 0) + 1;
  }
  return { name: plan.name, key, folder, cached: why === undefined, why: why ?? '', inputs };
}

/** The keys of release and drive are functions of the bytes of what goes into them. */
const waiting = (missing: readonly string[]): ExplainedPiece[] =>
  ['release', 'drive'].map((name) => {
    return { name, key: '', folder: '', cached: false, why: `it waits for ${missing.join(', ')}`, inputs: {} };
  });

async function listing(folder: string, tools: Tools): Promise<string> {
  const { stdout } = await tools.run(['unsquashfs', '-lls', '/work/root/root.squashfs'], { root: folder });
  return stdout;
}
