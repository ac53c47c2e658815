import type { Finding } from './finding.ts';
import type { Settable } from './schemaSettings.ts';
import { clash, repeated, type Placed } from './sense.ts';

type Entry = Placed<Settable>;
type File = Placed<Settable['files'][number]>;

/** What no file may be put over, and who has the say there. */
const KEPT: readonly (readonly [place: RegExp, remedy: string])[] = [
  [/^\/(dev|proc|run|sys|tmp)\//, 'Nothing stays there over a boot; choose another place.'],
  [/^\/(pxen|etc\/pxen|usr\/lib\/pxen)\//, 'That is where pxen itself lives; choose another place.'],
  [/^\/root\/\.ssh\/authorized_keys$/, 'Write the keys as `access.sshKeys`.'],
  [
    /^\/etc\/(passwd|shadow|group|gshadow|ssh\/authorized_keys\.d\/[^/]+)$/,
    'Write accounts and their keys as `access.accounts`.',
  ],
  [
    /^\/etc\/(modules-load|modprobe|sysctl)\.d\/90-pxen\.conf$/,
    'Write it as `modules:` or `sysctl:`, or choose another name.',
  ],
  [/^\/etc\/machine-id$/, 'It follows from the board of the machine.'],
  [/^\/etc\/systemd\/system\/[^/]+$/, 'Write the unit as `units:`, with its `text:`.'],
];

/** What is wrong with settings, of cluster.yaml or of an add-on: each by itself. Whom they are for is a matter of selectors. */
export function settingsFindings(settings: readonly Entry[]): Finding[] {
  return settings.flatMap((entry) => [
    ...repeated(
      filesOf(entry),
      ({ path }) => path,
      (file, path, other) => clash(file, other, 'path', `the file ${path} stands twice`, 'Keep one of the two.'),
    ),
    ...filesOf(entry).flatMap((file) => fileFindings(file)),
    ...unitFindings(entry),
    ...ownUnitFindings(entry),
  ]);
}

const filesOf = ({ path, value }: Entry): File[] =>
  value.files.map((file, index) => ({ path: [...path, 'files', index], value: file }));

function fileFindings({ path, value }: File): Finding[] {
  const kept = KEPT.find(([place]) => place.test(value.path));
  const content = (value.text === undefined) === (value.from === undefined);
  return [
    ...(kept === undefined
      ? []
      : [
          {
            path: [...path, 'path'],
            part: 'value',
            what: `no file can be put at ${value.path}`,
            remedy: kept[1],
          } as const,
        ]),
    ...(content
      ? [
          {
            path,
            part: 'value',
            what: 'a file has either a text or a file of the drive that it comes from',
            remedy: 'Write one of `text:` and `from:`.',
          } as const,
        ]
      : []),
  ];
}

function unitFindings({ path, value }: Entry): Finding[] {
  return Object.entries(value.units)
    .filter(([, { state, text }]) => state === undefined && text === undefined)
    .map(([name]) => ({
      path: [...path, 'units', name],
      part: 'key',
      what: `nothing is said about the unit ${name}`,
      remedy: 'Add `state:` (enabled or disabled) or `text:`.',
    }));
}

/** Without its own units a host is none, and could not be told otherwise. */
function ownUnitFindings({ path, value }: Entry): Finding[] {
  return Object.keys(value.units)
    .filter((name) => /^pxen\b/.test(name))
    .map((name) => ({
      path: [...path, 'units', name],
      part: 'key',
      what: `the unit ${name} is one of pxen's own`,
      remedy: 'Call a unit of yours something else.',
    }));
}
