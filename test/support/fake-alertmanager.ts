import { randomUUID } from 'node:crypto';
import type { PostableAlert } from '@scoreline/core/alerts/delivery/postable-alerts.ts';
import type { Matcher } from '@scoreline/core/alerts/delivery/silence-matchers.ts';
import {
  type AlertReceiver,
  findFaultWithPost,
  type Received,
  startAlertReceiver,
} from './alert-receiver.ts';

/** A silence as Alertmanager keeps it. */
export interface KeptSilence {
  readonly id: string;
  readonly createdBy: string;
  readonly comment: string;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly matchers: readonly Matcher[];
  status: { state: 'active' | 'expired' };
}

/** Takes alerts and silences as Alertmanager's v2 API does, and keeps them. */
export interface FakeAlertmanager extends AlertReceiver {
  readonly silences: KeptSilence[];
  /** The posts of alerts, oldest first. */
  posts(): readonly (readonly PostableAlert[])[];
}

/** Starts one on a free port; what the API's document doesn't allow is a 400. */
export async function startFakeAlertmanager(): Promise<FakeAlertmanager> {
  const silences: KeptSilence[] = [];
  const receiver = await startAlertReceiver(
    (request) => (request.path.startsWith('/api/v2/silence') ? undefined : findFaultWithPost(request)),
    (request) => (request.path.startsWith('/api/v2/silence') ? answer(request, silences) : undefined),
  );
  const posts = () =>
    receiver.received
      .filter(({ path }) => path === '/api/v2/alerts')
      .map(({ body }) => JSON.parse(body) as PostableAlert[]);
  return { ...receiver, silences, posts };
}

function answer({ method, path, body }: Received, silences: KeptSilence[]): string {
  if (method === 'GET') return JSON.stringify(silences);
  if (method === 'DELETE') {
    const ended = silences.find(({ id }) => path.endsWith(`/silence/${id}`));
    if (ended !== undefined) ended.status = { state: 'expired' };
    return '';
  }
  const wanted = JSON.parse(body) as Omit<KeptSilence, 'id' | 'status'>;
  const kept: KeptSilence = { ...wanted, id: randomUUID(), status: { state: 'active' } };
  silences.push(kept);
  return JSON.stringify({ silenceID: kept.id });
}
