/** The benches lean on it too, so that it stands with the lab. */
export { Segment, whyNot } from '../../lab/segment.ts';
