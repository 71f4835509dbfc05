import type { Admin } from 'kafkajs';

/** Throws, naming them, when topics are missing: they are created by the setup step, never by a service. */
export async function requireTopics(admin: Admin, topics: readonly string[]): Promise<void> {
  const existing = new Set(await admin.listTopics());
  const missing = topics.filter((topic) => !existing.has(topic));
  if (missing.length > 0)
    throw new Error(
      `missing topics: ${missing.join(', ')}; "npm run setup" creates them (where the brokers check rights, this user may lack them: "npm run acls")`,
    );
}
