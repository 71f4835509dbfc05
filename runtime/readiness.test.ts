import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { createReadiness } from './readiness.ts';

function setUp() {
  const logged: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => void logged.push(line) });
  return { readiness: createReadiness(log), logged };
}

describe('createReadiness', () => {
  it('is not ready while the service starts', () => {
    expect(setUp().readiness.health()).toMatchObject({ ready: false, reason: 'starting' });
  });

  it('says what it waits for, and logs it once', () => {
    const { readiness, logged } = setUp();
    readiness.waitFor('the registry is away');
    readiness.waitFor('the registry is away');
    expect(readiness.health()).toMatchObject({ ready: false, reason: 'the registry is away' });
    expect(logged).toHaveLength(1);
  });

  it('asks at each request once the service runs', () => {
    const { readiness } = setUp();
    let reason: string | undefined;
    let models = 1;
    readiness.follow(
      () => reason,
      () => ({ models }),
    );
    expect(readiness.health()).toEqual({ ready: true, details: { models: 1 } });
    reason = 'no partition yet';
    models = 2;
    expect(readiness.health()).toEqual({ ready: false, reason: 'no partition yet', details: { models: 2 } });
  });
});
