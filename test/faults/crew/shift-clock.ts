/**
 * Loaded before a service (`node --import`): on SIGHUP its wall clock is off by the milliseconds that CLOCK_FILE says.
 * As when a clock is set, what counts from the process's start (performance.now, timers) goes on as it did.
 */
import { readFileSync } from 'node:fs';

const RealDate = Date;
let offMs = 0;
process.on('SIGHUP', () => {
  offMs = Number(readFileSync(process.env['CLOCK_FILE'] ?? '', 'utf8'));
});
const now = (): number => RealDate.now() + offMs;

globalThis.Date = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (date, args: unknown[], made) =>
    Reflect.construct(date, args.length === 0 ? [now()] : args, made) as Date,
  get: (date, name, receiver) => (name === 'now' ? now : (Reflect.get(date, name, receiver) as unknown)),
});
