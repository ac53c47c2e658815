import { explainImage, imageJson, type Explained } from '../build/explain.ts';
import { install, thisMachine } from '../shell/install.ts';
import { withProgress } from '../shell/terminal.ts';
import type { Call } from './call.ts';
import { megabytes } from './megabytes.ts';

/** `pxen image explain`: what the pieces are made of, whether they are cached, and what the image weighs. */
export async function run({ switches }: Call): Promise<number> {
  await install(['image'], thisMachine(switches.has('yes')));
  const explained = await withProgress((step) => {
    step('looking at the pieces');
    return explainImage();
  });
  process.stdout.write(
    switches.has('json')
      ? `${JSON.stringify(imageJson(explained), undefined, 2)}\n`
      : `${text(explained).join('\n')}\n`,
  );
  return 0;
}

function text({ pieces, release, root }: Explained): string[] {
  const lines = ['pieces, by the hash of what goes into them:'];
  for (const { name, key, cached, why, inputs } of pieces) {
    const made = Object.entries(inputs).map(([kind, count]) => `${count} ${kind}`);
    lines.push(`  ${name.padEnd(14)} ${key.slice(0, 12).padEnd(12)} ${cached ? 'cached' : `to be built: ${why}`}`);
    if (made.length > 0) lines.push(`  ${' '.repeat(27)} ${made.join(', ')}`);
  }
  if (release === undefined) return [...lines, 'its weight is known once it is built: pxen image build'];
  const { files, release: id } = release.manifest;
  lines.push(`release ${id}, manifest ${release.sha256}:`);
  for (const { name, size } of files.toSorted((a, b) => b.size - a.size)) lines.push(weighed(size, name));
  lines.push(weighed(release.wire, 'travels to a host until it is ready (with the microcode of one processor)'));
  lines.push('root.squashfs, unpacked:');
  for (const { group, files, bytes } of root) lines.push(weighed(bytes, `${group} (${files} files)`));
  return lines;
}

const weighed = (bytes: number, name: string): string => `${megabytes(bytes).padStart(12)}  ${name}`;
