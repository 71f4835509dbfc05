/** How a transaction ends. */
export type TransactionOutcome = 'commit' | 'abort';
