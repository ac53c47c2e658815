/** What the network card of a machine does with a magic packet while the machine is off. */
export type WakeSetting = 'armed' | 'unarmed' | 'loses arming at power loss';

export interface WakeState {
  readonly setting: WakeSetting;
  readonly armed: boolean;
}

export type WakeEvent = 'power lost' | 'system armed the card';

export const wakeState = (setting: WakeSetting): WakeState => ({ setting, armed: setting !== 'unarmed' });

/** Many boards forget at power loss that the card was armed; the system arms it again at its next boot. */
export function wakeStep(state: WakeState, event: WakeEvent): WakeState {
  if (state.setting === 'unarmed') return state;
  if (event === 'system armed the card') return { ...state, armed: true };
  return { ...state, armed: state.setting === 'armed' };
}
