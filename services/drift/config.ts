import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { clickHouseEnv, commonEnv, modelReference } from '@scoreline/runtime/config/common.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { optionalSecret } from '@scoreline/runtime/config/secrets.ts';
import { httpEnv, keysWhereOthersReach } from '@scoreline/runtime/http/config.ts';
import { erasureEnv } from '@scoreline/runtime/erasure/config.ts';
import { z } from 'zod';
import { notificationEnv } from './notifications/config.ts';

const driftEnv = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  ...artifactEnv,
  ...httpEnv(9103),
  ...erasureEnv,
  ...notificationEnv,
  /** A candidate that must have a score beside each of production's; those that speak are found by themselves. */
  CANDIDATE: modelReference.optional(),
  /** Where the API is for those who read alerts: the links to reports begin with it. */
  REPORTS_URL: z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .default('http://127.0.0.1:9104'),
  /** GET /metrics of the instances whose spending is to be known, by commas. */
  METRICS_URLS: addresses(),
  /** With the scope `metrics`, where those ask for a key. */
  METRICS_KEY: optionalSecret(),
});

const MOST_ADDRESSES = 100;

function addresses() {
  const list = z.string().default('');
  return list
    .transform((text) => text.split(',').map((each) => each.trim()))
    .transform((all) => all.filter((each) => each !== ''))
    .refine(
      (all) => all.length <= MOST_ADDRESSES && all.every(isPlainHttp),
      'http or https addresses without user and password, by commas; 100 at most',
    );
}

function isPlainHttp(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '';
}

export type DriftConfig = z.output<typeof driftEnv>;

export function readDriftConfig(env: NodeJS.ProcessEnv): EnvResult<DriftConfig> {
  return readEnv(driftEnv.check(keysWhereOthersReach), env);
}
