import { z } from 'zod';
import { matching } from './scalars.ts';
import { settable, settingsSelector, type SettingsEntry } from './schemaSettings.ts';

/** Add-ons: bundles of settings in folders of their own, which cluster.yaml switches on by name (docs/rules.md, rule 9). */

const ownFile = matching(
  /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.+@-]+(?:\/[\w.+@-]+)*$/,
  'a file in the folder of the add-on, such as k3s.conf',
);

/** The form of `addons/NAME/addon.yaml`. Whom it is for is said where it is switched on. */
export const addonSchema = z.strictObject({
  description: z.string().min(1).describe('what the add-on is, for those who switch it on').optional(),
  ...settable(ownFile),
});

/** What an add-on sets. */
export type Addon = z.infer<typeof addonSchema>;

/** An add-on that cluster.yaml names. */
export interface AddonUse {
  readonly for?: SettingsEntry['for'];
  readonly enabled: boolean;
  /** What its file says; absent where it is not switched on, could not be read, or was not looked for (`withAddons`). */
  readonly holds?: Addon | undefined;
}

export const addonUseSchema = z
  .strictObject({
    for: settingsSelector.optional().describe('the hosts that it is for; all where absent'),
    enabled: z.boolean().default(true).describe('false leaves it where it is, out of force'),
  })
  .transform((use): AddonUse => use);
