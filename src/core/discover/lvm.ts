import { countAt, listOf, nameAt, textAt, type Row } from './json.ts';
import { DecodeError } from '../net/bytes.ts';

const REPORT = ['--reportformat', 'json', '--units', 'b', '--nosuffix', '--options'] as const;

/** pvs(8) knows the fields of a volume group too, so that one command tells of both. */
export const PVS: readonly string[] = ['pvs', ...REPORT, 'pv_name,pv_missing,vg_name,vg_size,vg_free,vg_tags'];
export const LVS: readonly string[] = ['lvs', ...REPORT, 'lv_name,vg_name,lv_size,lv_active,lv_tags'];

/** A physical volume and the volume group it belongs to; `vg` is empty where it belongs to none. */
export interface PhysicalVolume {
  readonly device: string;
  readonly missing: boolean;
  readonly vg: string;
  readonly size: number;
  readonly free: number;
  readonly tags: Tags;
}

export interface LogicalVolume {
  readonly name: string;
  readonly vg: string;
  readonly size: number;
  readonly active: boolean;
  readonly tags: Tags;
}

/** Tags of the form `name=value`; others stand with an empty value. */
export type Tags = Readonly<Record<string, string>>;

export const parsePvs = (text: string): readonly PhysicalVolume[] => reportRows('pvs', text, 'pv').map(physical);
export const parseLvs = (text: string): readonly LogicalVolume[] => reportRows('lvs', text, 'lv').map(logical);

function reportRows(tool: string, text: string, key: string): readonly Row[] {
  const [report, ...more] = listOf(tool, text, 'report');
  const rows = report?.[key];
  if (more.length > 0 || !Array.isArray(rows)) throw new DecodeError(`${tool} printed no report of ${key}`);
  return rows as readonly Row[];
}

function physical(row: Row): PhysicalVolume {
  const vg = textAt(row, 'vg_name');
  return {
    device: nameAt('pvs', row, 'pv_name'),
    missing: textAt(row, 'pv_missing') !== '',
    vg,
    size: vg === '' ? 0 : countAt('pvs', row, 'vg_size'),
    free: vg === '' ? 0 : countAt('pvs', row, 'vg_free'),
    tags: tagsOf(textAt(row, 'vg_tags')),
  };
}

const logical = (row: Row): LogicalVolume => ({
  name: nameAt('lvs', row, 'lv_name'),
  vg: nameAt('lvs', row, 'vg_name'),
  size: countAt('lvs', row, 'lv_size'),
  active: textAt(row, 'lv_active') === 'active',
  tags: tagsOf(textAt(row, 'lv_tags')),
});

function tagsOf(text: string): Tags {
  const pairs = text.split(',').filter((tag) => tag !== '');
  return Object.fromEntries(
    pairs.map((tag) => [tag.split('=', 1)[0] ?? tag, tag.slice(tag.indexOf('=') + 1 || tag.length)]),
  );
}

/** What a tag may hold (lvm(8): `A-Za-z0-9_+.-/=!:#&`); all else becomes `_`. */
export const tagValue = (text: string): string => text.replaceAll(/[^A-Za-z0-9_+./!:#&-]/g, '_').slice(0, 128);
