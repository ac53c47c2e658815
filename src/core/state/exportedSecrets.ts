import type { DriveState } from './driveState.ts';

/** A state as it goes into an export: with this text of `secrets.yaml`, or none. What the drive keeps of it stays on the drive. */
export const withSecrets = (state: DriveState, text: string | undefined): DriveState => ({
  ...state,
  secretsFile: text,
  secretsBefore: undefined,
});

/** A state as a drive may take it over, and the text of `secrets.yaml` that came with it. */
export const takeSecrets = (
  state: DriveState,
): { readonly state: DriveState; readonly secrets: string | undefined } => ({
  state: withSecrets(state, undefined),
  secrets: state.secretsFile,
});
