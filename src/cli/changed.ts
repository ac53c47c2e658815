import { lineDiff } from '../core/cluster/lineDiff.ts';

/** What a command did to a file, as it tells it. */
export function changed(file: string, before: string, after: string, json: boolean): string {
  const diff = lineDiff(before, after);
  if (json)
    return `${JSON.stringify({ schema: 'pxen.change/1', file, changed: before !== after, diff }, undefined, 2)}\n`;
  return diff === '' ? `${file} is as it was\n` : `${diff}${file} is changed\n`;
}
