/** MB = 10^6 bytes, as docs/rules.md has it for measurements. */
export const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
