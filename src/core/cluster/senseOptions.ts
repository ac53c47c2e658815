import { readOption } from '../dhcp/readOption.ts';
import type { Finding } from './finding.ts';
import type { DhcpOptions } from './schemaOptions.ts';
import type { Placed } from './sense.ts';

/** What is wrong with the DHCP options of networks, profiles or hosts. */
export function optionFindings(entries: readonly Placed<{ readonly options?: DhcpOptions }>[]): Finding[] {
  return entries.flatMap((entry) =>
    Object.entries(entry.value.options ?? {}).flatMap(([key, value]): Finding[] => {
      const read = readOption(key, value);
      return 'code' in read ? [] : [{ ...read, path: [...entry.path, 'options', key] }];
    }),
  );
}
