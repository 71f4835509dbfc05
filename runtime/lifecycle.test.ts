import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';

const lifecycle = JSON.stringify(new URL('./lifecycle.ts', import.meta.url).href);
const load = JSON.stringify(new URL('./config/load-config.ts', import.meta.url).href);

interface Ended {
  readonly status: number | null;
  readonly output: string;
}

/** Runs a service in a process of its own; `signal` is sent once it has printed 'ready'. */
async function run(body: string, { signal, args = [] }: { signal?: NodeJS.Signals; args?: string[] } = {}) {
  const module = `import { pino } from 'pino'; import { runService } from ${lifecycle};
    const log = pino(); const never = new Promise(() => {}); setInterval(() => {}, 1000);
    const ready = () => process.stdout.write('ready\\n'); ${body}`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', module, '--', ...args], {
    cwd: import.meta.dirname,
    timeout: 15_000,
  });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (signal !== undefined && chunk.toString().includes('ready')) child.kill(signal);
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, output } satisfies Ended;
}

describe('runService', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'stops on %s, finishing what is at hand, and exits 0',
    async (signal) => {
      const { status, output } = await run(
        `await runService(log, async () => {
        setTimeout(ready);
        return { failed: never, stop: async () => { await new Promise((r) => setTimeout(r, 50)); console.log('drained'); } };
      });`,
        { signal },
      );
      expect(status).toBe(0);
      expect(output).toMatch(/"signal":"SIG(TERM|INT)".*stopping[^]*drained[^]*stopped/);
    },
  );

  it('exits 0 when told to stop while it still waits for something', async () => {
    const { status } = await run('await runService(log, () => { setTimeout(ready); return never; });', {
      signal: 'SIGTERM',
    });
    expect(status).toBe(0);
  });

  it('exits 1 when the service can not go on, after letting go', async () => {
    const { status, output } = await run(
      `await runService(log, async () => ({
        failed: Promise.resolve(new Error('the consumer hangs')),
        stop: async () => console.log('let go'),
      }));`,
    );
    expect(status).toBe(1);
    expect(output).toMatch(/the consumer hangs[^]*let go/);
  });

  it.each([
    ['a start that fails', "await runService(log, async () => { throw new Error('a bug'); });"],
    [
      'an error that nobody caught',
      "setTimeout(() => { throw new Error('a bug'); }, 20); await runService(log, () => never);",
    ],
    [
      'a rejection that nobody caught',
      "setTimeout(() => Promise.reject(new Error('a bug')), 20); await runService(log, () => never);",
    ],
    [
      'a stop that fails',
      "await runService(log, async () => ({ failed: Promise.resolve(new Error('x')), stop: async () => { throw new Error('a bug'); } }));",
    ],
  ])('exits 1 and says why: %s', async (_what, body) => {
    const { status, output } = await run(body);
    expect(status).toBe(1);
    expect(output).toContain('a bug');
  });
});

describe('loadConfigOrExit', () => {
  const body = `const { loadConfigOrExit } = await import(${load});
    const config = loadConfigOrExit((env) => env.GOOD ? { ok: true, config: 1 } : { ok: false, problems: ['A: bad', 'B: bad'] });
    console.log('runs with', config); process.exit(0);`;

  it('prints every problem and exits 2', async () => {
    expect(await run(body)).toEqual({
      status: 2,
      output: 'configuration: A: bad\nconfiguration: B: bad\n',
    });
  });

  it('only checks where it is told to', async () => {
    const good = `process.env.GOOD = '1'; ${body}`;
    expect(await run(good, { args: ['--check-config'] })).toEqual({
      status: 0,
      output: 'configuration: good\n',
    });
    expect(await run(good)).toEqual({ status: 0, output: 'runs with 1\n' });
  });
});
