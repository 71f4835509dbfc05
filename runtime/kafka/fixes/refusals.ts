/** An entry of kafkajs's table of error codes. */
export interface ErrorCode {
  readonly code: number;
  readonly type: string;
  message: string;
}

const REMEDY = '"npm run acls" gives each service the rights that it needs';

/** What the brokers' refusals mean for whoever reads them; kafkajs says that one is not authorised, and no more. */
const REFUSALS: Readonly<Record<string, string>> = {
  TOPIC_AUTHORIZATION_FAILED: 'the brokers do not give this user the right that it needs to a topic',
  GROUP_AUTHORIZATION_FAILED: 'the brokers do not let this user use the consumer group',
  CLUSTER_AUTHORIZATION_FAILED: 'the brokers do not let this user change the cluster',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'the brokers do not let this user write transactions under this id',
};

/** Changes kafkajs's messages in place. Throws where its table isn't what it was. */
export function explainRefusals(codes: readonly ErrorCode[]): void {
  for (const [type, meaning] of Object.entries(REFUSALS)) {
    const code = codes.find((entry) => entry.type === type);
    if (code === undefined) throw new Error(`kafkajs knows no ${type}: is it another version than 2.2.4?`);
    code.message = `${meaning} (${type}): ${REMEDY}`;
  }
}
