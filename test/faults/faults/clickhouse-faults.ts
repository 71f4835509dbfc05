import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import type { Toxic } from '../../support/faulty-proxy.ts';
import type { World } from '../world.ts';
import { between, type Fault } from './fault.ts';

/** Longer than drift tries by itself: batches are given back, and come again. */
const AWAY_MS = 22_000;
const INSERT_WITHIN_MS = 10_000;

/** A ClickHouse that is away, late, full or killed: scores must not notice, rows and windows must not either. */
export const CLICKHOUSE_FAULTS: readonly Fault[] = [
  poisoned('ClickHouse away', { kind: 'cut' }, 6_000),
  poisoned('ClickHouse away for longer than drift insists', { kind: 'cut' }, AWAY_MS),
  poisoned('ClickHouse 1 s away', { kind: 'delay', ms: 1_000 }, 8_000),
  poisoned('ClickHouse half-open', { kind: 'hole' }, 8_000),
  { name: 'ClickHouse refuses: too many parts', inflict: refuseParts },
  {
    name: 'ClickHouse killed',
    async inflict({ clickHouse }, random) {
      await clickHouse.kill();
      await delay(between(0, 4_000, random));
      await clickHouse.start();
    },
  },
  killedIn('ClickHouse killed in the middle of an insert', /INSERT\S+INTO\S+lead_scores/),
  killedIn('ClickHouse killed while a window is computed', /INSERT INTO score_windows_raw/),
  {
    name: 'ClickHouse restarted in order',
    async inflict({ clickHouse }) {
      await clickHouse.stop();
      await clickHouse.start();
    },
  },
];

function poisoned(name: string, toxic: Toxic, forMs: number): Fault {
  return {
    name,
    async inflict({ clickHouse: { proxy } }) {
      proxy.poison(toxic);
      await delay(forMs);
      proxy.poison(undefined);
    },
  };
}

/** The engine's own answer: more than one part of a partition is too many. */
async function refuseParts({ clickHouse, env }: World): Promise<void> {
  const database = createDatabase({ url: clickHouse.directUrl, database: env.CLICKHOUSE_DATABASE });
  try {
    await database.command('ALTER TABLE lead_scores MODIFY SETTING parts_to_throw_insert = 1');
    try {
      await delay(AWAY_MS / 3);
    } finally {
      await database.command('ALTER TABLE lead_scores RESET SETTING parts_to_throw_insert');
    }
  } finally {
    await database.close();
  }
}

/** The request is on its way to the server, and is lost in it. */
function killedIn(name: string, statement: RegExp): Fault {
  return {
    name,
    async inflict({ clickHouse }, random) {
      const { promise: asked, resolve } = Promise.withResolvers<boolean>();
      clickHouse.proxy.onceAsked(
        (chunk) => statement.test(chunk.toString('latin1')),
        () => resolve(true),
      );
      const late = delay(INSERT_WITHIN_MS, false, { ref: false });
      if (!(await Promise.race([asked, late]))) throw new Error(`nobody asked ${String(statement)}`);
      await delay(between(0, 40, random));
      await clickHouse.kill();
      await clickHouse.start();
    },
  };
}
