import { streamEnv } from '@scoreline/runtime/config/common.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { kafkaEnv, toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { type AclBinding, openAclAdmin } from '@scoreline/runtime/kafka/acl-admin.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { z } from 'zod';
import type { AclCommand } from './command-line.ts';
import { compareAcls, describeAcl, planAcls, toShellLines } from './plan-acls.ts';

const aclEnv = z.object({ ...kafkaEnv, TOPIC_PREFIX: streamEnv.TOPIC_PREFIX });

/**
 * Prints the services' rights, compares them with the brokers' or grants them; whether the brokers grant these and no
 * others now. Throws with every problem of the configuration, and with what the brokers refuse.
 */
export async function runAcls(
  command: AclCommand,
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
): Promise<boolean> {
  const result = readEnv(aclEnv, env);
  if (!result.ok) throw new Error(result.problems.map((problem) => `configuration: ${problem}`).join('\n'));
  const { config } = result;
  const planned = planAcls({ topicPrefix: config.TOPIC_PREFIX, principals: command.principals });
  if (command.name === 'print') {
    for (const line of toShellLines(planned)) log(line);
    return true;
  }
  const admin = await openAclAdmin(asClient(toKafkaAccess(config), 'scoreline-acls'), () => {});
  try {
    const there = await admin.list([...command.principals.values()]);
    const { missing, beyond } = compareAcls(planned, there);
    if (command.name === 'check') {
      tell('missing', missing, log);
      tell('beyond the list', beyond, log);
      if (missing.length + beyond.length === 0) log(`as they should be: ${planned.length} rights`);
      return missing.length + beyond.length === 0;
    }
    await admin.create(missing);
    tell('granted', missing, log);
    if (command.removesOthers) await admin.remove(beyond);
    tell(
      command.removesOthers ? 'taken away' : 'beyond the list (--remove-others takes it away)',
      beyond,
      log,
    );
    log(`${planned.length} rights, ${missing.length} of them new`);
    return command.removesOthers || beyond.length === 0;
  } finally {
    await admin.close();
  }
}

function tell(what: string, bindings: readonly AclBinding[], log: (line: string) => void): void {
  for (const binding of bindings) log(`${what} … ${describeAcl(binding)}`);
}
