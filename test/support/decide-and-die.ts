import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { randomUUID } from 'node:crypto';
import { createRegistryCommands } from '@scoreline/runtime/registry/commands.ts';
import type { IsolatedEnv } from './isolated-env.ts';
import { openRegistryRoom, register } from './registry-room.ts';

/** Registers a version and is killed between writing the decision and reading it back. */
const { projection, appender } = await openRegistryRoom(process.env as IsolatedEnv);
const commands = createRegistryCommands({
  projection,
  appender: {
    async append(event) {
      await appender.append(event);
      process.kill(process.pid, 'SIGKILL');
      return new Promise<never>(() => {});
    },
  },
  nowMs: Date.now,
  newEventId: randomUUID,
});
await commands.execute(register(process.argv[2] as VersionRef));
