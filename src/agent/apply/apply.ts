import type { Step } from '../../core/api/report.ts';
import type { ReportClient } from '../../shell/report-client.ts';
import type { Machine } from '../machine.ts';
import { createSr } from './srCreate.ts';
import { createVdi } from './vdiCreate.ts';
import { startVm } from './vmStart.ts';

/** What carrying out steps needs. */
export interface ApplyDeps {
  readonly machine: Machine;
  readonly cluster: string;
  readonly client: Pick<ReportClient, 'fetch'>;
}

/** Carries out one step; says what was done, or fails with a sentence. */
export function apply(deps: ApplyDeps, step: Step): Promise<string> {
  switch (step.kind) {
    case 'sr.create':
      return createSr(deps, step);
    case 'vdi.create':
      return createVdi(deps, step);
    case 'vm.start':
      return startVm(deps, step);
  }
}

/** The step of one kind. */
export type StepOf<Kind extends Step['kind']> = Extract<Step, { kind: Kind }>;
