import type { StackEnv } from '@scoreline/infra/local/stack.ts';

/** What every measurement needs: a stack, topics of its own, a model. */
export interface BenchContext {
  readonly env: StackEnv & { readonly TOPIC_PREFIX: string };
  /** TOPIC_PREFIX. */
  readonly prefix: string;
  readonly model: string;
  readonly logFolder: string;
}
