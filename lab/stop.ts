import { Failure } from '../src/shell/fail.ts';

export class Interrupted extends Failure {
  constructor() {
    super('the lab was ended by hand', 'Start it again when you like.');
  }
}

export class TimeOver extends Failure {
  constructor(seconds: number) {
    super(`the time for the whole run, ${seconds} s, is over`, 'Give it more with --timeout, or see the consoles.');
  }
}
