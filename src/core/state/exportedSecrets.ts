import { fromUtf8, utf8 } from '../net/text.ts';
import type { DriveState } from './driveState.ts';

/** Its part in an export. It never stands in a slot: what a drive's slots hold is read by whoever reads its key. */
const PART = 'secrets.yaml';

/** A state with the text of `secrets.yaml`, for an export. */
export const withSecrets = (state: DriveState, text: string): DriveState => ({
  ...state,
  rest: new Map([...state.rest, [PART, utf8(text)]]),
});

/** A state as a drive may keep it, and the text of `secrets.yaml` that came with it. */
export function takeSecrets(state: DriveState): { readonly state: DriveState; readonly secrets: string | undefined } {
  const bytes = state.rest.get(PART);
  const rest = new Map([...state.rest].filter(([name]) => name !== PART));
  return { state: { ...state, rest }, secrets: bytes && fromUtf8(bytes) };
}
