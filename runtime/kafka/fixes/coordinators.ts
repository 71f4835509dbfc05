/** What kafkajs asks for before each request to a coordinator. */
export interface CoordinatorRequest {
  readonly groupId: string;
  readonly coordinatorType: number;
}

/** The method of kafkajs's Cluster that is wrapped. */
export interface ClusterState {
  readonly findGroupCoordinatorMetadata: FindCoordinator<object>;
}

type FindCoordinator<Metadata> = (request: CoordinatorRequest) => Promise<Metadata>;

/** A coordinator that has moved is looked for anew after this time, well within every retry of its callers. */
const REMEMBERED_MS = 1_000;

/**
 * Remembers where a cluster object's coordinators are, for a second. kafkajs 2.2.4 asks the brokers again before
 * each step of a transaction (partitions, offsets twice, end): four questions for nothing beside four requests, of
 * every transaction. Failures are not remembered.
 */
export function rememberCoordinators<Metadata>(find: FindCoordinator<Metadata>): FindCoordinator<Metadata> {
  // By the clock that nobody sets: one that goes back must not make it last.
  const known = new WeakMap<object, Map<string, { readonly metadata: Metadata; readonly untilMs: number }>>();
  return async function findRemembered(this: object, request: CoordinatorRequest): Promise<Metadata> {
    const ofCluster = known.get(this) ?? new Map<string, { metadata: Metadata; untilMs: number }>();
    known.set(this, ofCluster);
    const key = `${request.coordinatorType}/${request.groupId}`;
    const remembered = ofCluster.get(key);
    if (remembered !== undefined && remembered.untilMs > performance.now()) return remembered.metadata;
    const metadata = await find.call(this, request);
    ofCluster.set(key, { metadata, untilMs: performance.now() + REMEMBERED_MS });
    return metadata;
  };
}
