import { isFilled } from '../identity/liars.ts';

/** Names of the files below /sys/class/dmi/id that the agent reads (SMBIOS 3.7, types 1 and 3). */
export const DMI_FILES = ['product_uuid', 'sys_vendor', 'product_name', 'product_serial', 'chassis_asset_tag'] as const;

export interface Dmi {
  /** As the firmware gives it, lower case; whether it can be trusted is `machineUuid`'s business. */
  readonly uuid: string;
  readonly manufacturer: string;
  readonly product: string;
  readonly serial: string;
  /** Raw, since the lab speaks through it. */
  readonly assetTag: string;
}

const filled = (text: string): string => (isFilled(text) ? text : '');

/** Reads the files' texts by name; a file that is not there is an empty field. */
export function parseDmi(files: Readonly<Partial<Record<(typeof DMI_FILES)[number], string>>>): Dmi {
  const raw = (name: (typeof DMI_FILES)[number]): string => (files[name] ?? '').trim();
  return {
    uuid: raw('product_uuid').toLowerCase(),
    manufacturer: filled(raw('sys_vendor')),
    product: filled(raw('product_name')),
    serial: filled(raw('product_serial')),
    assetTag: raw('chassis_asset_tag'),
  };
}
