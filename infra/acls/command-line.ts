import { parseArgs } from 'node:util';
import { type Role, ROLES } from './plan-acls.ts';

/** What `npm run acls -- …` asks for. */
export interface AclCommand {
  readonly name: 'print' | 'check' | 'apply';
  readonly principals: ReadonlyMap<Role, string>;
  /** `apply`: take away what these principals have beyond the list. */
  readonly removesOthers: boolean;
}

export const USAGE = `usage: npm run acls -- COMMAND [OPTIONS]

commands
  print    the rights as lines for kafka-acls.sh; connects to nothing
  check    what the brokers lack of them, and what they grant beyond; status 1 where they differ
  apply    grants what is missing, as a user that may change ACLs

options
  --principal ROLE=NAME   who a role is (User:scoreline-ROLE; with mTLS e.g. scorer=User:CN=scorer); may come again
  --only ROLE             only this role's rights; may come again
  --remove-others         apply: take away what these principals have beyond the list

roles: ${ROLES.join(', ')}; their rights and why: infra/acls/acls.json
environment: KAFKA_BROKERS and how to be let in (docs/security.md), TOPIC_PREFIX`;

const COMMANDS = ['print', 'check', 'apply'] as const;

/** Reads the arguments; throws, with what is wrong, where they make no command. */
export function readAclCommand(args: readonly string[]): AclCommand {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      principal: { type: 'string', multiple: true, default: [] },
      only: { type: 'string', multiple: true, default: [] },
      'remove-others': { type: 'boolean', default: false },
    },
  });
  const name = COMMANDS.find((candidate) => candidate === positionals[0]);
  if (name === undefined || positionals.length > 1) throw new Error(USAGE);
  const only = values.only.map(requireRole);
  const chosen = only.length === 0 ? ROLES : only;
  const named = new Map(values.principal.map(readPrincipal));
  return {
    name,
    principals: new Map(chosen.map((role) => [role, named.get(role) ?? `User:scoreline-${role}`])),
    removesOthers: values['remove-others'],
  };
}

function readPrincipal(text: string): [Role, string] {
  const [role = '', ...rest] = text.split('=');
  const principal = rest.join('=');
  if (!principal.startsWith('User:'))
    throw new Error(`--principal ${text}: ROLE=User:NAME, e.g. scorer=User:CN=scorer`);
  return [requireRole(role), principal];
}

function requireRole(text: string): Role {
  const role = ROLES.find((candidate) => candidate === text);
  if (role === undefined) throw new Error(`there is no role '${text}': ${ROLES.join(', ')}`);
  return role;
}
