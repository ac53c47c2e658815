/** What `pxen bench NAME` runs; each measures beside a peer in one run. */
export { benchBoot, benchText } from './boot.ts';
