import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { ModelPackage } from '../model-package/load.ts';

/** What the policy's gate says of a candidate now. */
export type GateAnswer =
  | {
      readonly known: true;
      readonly passes: boolean;
      /** JSON of each condition's state: the evidence of the decision. */
      readonly evidence: string;
      /** In a few words, for whoever is refused. */
      readonly summary: string;
    }
  /** Nothing is known of the candidate: reports can't be had. */
  | { readonly known: false; readonly summary: string };

/** Asks the gate; never throws where reports can't be had. */
export type AskGate = (ref: VersionRef, pkg: ModelPackage) => Promise<GateAnswer>;
