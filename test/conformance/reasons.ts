/** Why a case has no test. Only these may go without. */
export const REASONS: ReadonlyMap<string, string> = new Map([
  ...['B5', 'B6', 'B7'].map((id) => [id, 'comes with the role that chooses itself'] as const),
  ['B10', 'comes with the timelines of several boots'],
  ['J12', 'needs the cards in question'],
  ['J13', 'needs Hyper-V'],
]);

/**
 * Whether every case of A to I must have a test or a reason. False only while the server is being built: what has neither
 * is then listed as open and fails nothing.
 */
export const IS_STRICT = true;

/** Groups that are covered as far as the virtual rack's firmware goes. */
export const AS_FAR_AS_FIRMWARE_GOES = 'J';
