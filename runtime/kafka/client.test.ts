import { describe, expect, it } from 'vitest';
import { createKafkaClient } from './client.ts';

describe('createKafkaClient', () => {
  it('throws on a broker that is away and does not flood the log meanwhile', async () => {
    const logged: string[] = [];
    const settings = { brokers: ['127.0.0.1:1'], clientId: 'test' };
    const kafka = createKafkaClient(settings, { retries: 3, initialRetryTime: 5 }, (level, message) =>
      logged.push(`${level} ${message}`),
    );
    await expect(kafka.admin().connect()).rejects.toThrow(/ECONNREFUSED/);
    expect(logged.some((line) => line.includes('ECONNREFUSED'))).toBe(true);
    expect(logged.filter((line) => !line.startsWith('debug '))).toEqual([]);
  });
});
