// Kafka's refusals are explained with kafkajs's fixes.
import '../../client.ts';
import { describe, expect, test } from 'vitest';
import { packRecords } from '../../packed-records.ts';
import { finalizedFeatures } from './api-versions.ts';
import { ByteWriter } from './byte-writer.ts';
import { describeTransaction } from './describe-transactions.ts';
import { endTxn } from './end-txn.ts';
import { offsetFetch } from './offset-fetch.ts';
import { produce } from './produce.ts';
import { BrokerError, CONCURRENT_TRANSACTIONS, UNSTABLE_OFFSET_COMMIT } from './request.ts';
import { txnOffsetCommit } from './txn-offset-commit.ts';

const PRODUCER = { id: 7n, epoch: 3 };
const FENCED = 90;

describe('an answer to produce', () => {
  const records = packRecords([{ key: null, value: null }]);
  const batch = {
    range: { records, from: 0, to: 1, firstByte: 0 },
    producer: PRODUCER,
    baseSequence: 0,
    timestampMs: 0,
  };
  const request = produce('scorer.leads.0', [{ topic: 'scores', partition: 0, batch, maxBytes: 100 }]);
  const answer = (code: number, said: string | null): Buffer => {
    const out = new ByteWriter();
    out.compactArray(['scores'], (topic) => {
      out.compactString(topic).compactArray([0], (partition) => {
        out.int32(partition).int16(code).int64(-1n).int64(-1n).int64(0n);
        out
          .compactArray([], () => {})
          .compactString(said)
          .noTags();
      });
      out.noTags();
    });
    return out.int32(0).noTags().written();
  };

  test('without an error', () => {
    expect(() => request.read(answer(0, null))).not.toThrow();
  });

  test('with one says which, what was asked for, and what the broker added', () => {
    expect(() => request.read(answer(FENCED, 'a newer epoch'))).toThrow(
      /^the broker refused to write to scores\/0: PRODUCER_FENCED: .* \(a newer epoch\)$/,
    );
  });

  test('that is a missing right says what to do', () => {
    expect(() => request.read(answer(29, null))).toThrow(/TOPIC_AUTHORIZATION_FAILED.*"npm run acls"/);
  });

  test('that names no partition is an error', () => {
    const empty = new ByteWriter().unsignedVarint(1).int32(0).noTags().written();
    expect(() => request.read(empty)).toThrow(BrokerError);
  });
});

test('an answer to the offset of a group', () => {
  const offset = { groupId: 'scorer', topic: 'leads', next: new Map([[0, 12]]) };
  const request = txnOffsetCommit('scorer.leads.0', PRODUCER, offset);
  const answer = (code: number): Buffer => {
    const out = new ByteWriter().int32(0);
    out.compactArray(['leads'], (topic) => {
      out.compactString(topic).compactArray([0], (partition) => out.int32(partition).int16(code).noTags());
      out.noTags();
    });
    return out.noTags().written();
  };
  expect(() => request.read(answer(0))).not.toThrow();
  expect(() => request.read(answer(CONCURRENT_TRANSACTIONS))).toThrow(
    expect.objectContaining({ code: CONCURRENT_TRANSACTIONS }),
  );
});

test.each([
  ['what is committed', 12n, 0, 12],
  ['that nothing is', -1n, 0, -1],
])("an answer to the question for a group's offset says %s", (_what, offset, code, expected) => {
  expect(offsetFetch('scorer', 'leads', 3).read(offsetAnswer(offset, code))).toBe(expected);
});

test('a transaction that may yet commit an offset is an error of its own', () => {
  const request = offsetFetch('scorer', 'leads', 3);
  expect(() => request.read(offsetAnswer(-1n, UNSTABLE_OFFSET_COMMIT))).toThrow(
    /^the broker refused to tell the offset of scorer in leads\/3: UNSTABLE_OFFSET_COMMIT/,
  );
});

function offsetAnswer(offset: bigint, code: number): Buffer {
  const out = new ByteWriter().int32(0);
  out.compactArray(['leads'], (topic) => {
    out.compactString(topic).compactArray([3], (partition) => {
      out.int32(partition).int64(offset).int32(-1).compactString('').int16(code).noTags();
    });
    out.noTags();
  });
  return out.int16(0).noTags().written();
}

test('the end of a transaction gives the next epoch', () => {
  const request = endTxn('scorer.leads.0', PRODUCER, 'commit');
  const answer = (code: number): Buffer =>
    new ByteWriter().int32(0).int16(code).int64(7n).int16(4).noTags().written();
  expect(request.read(answer(0))).toEqual({ id: 7n, epoch: 4 });
  expect(() => request.read(answer(FENCED))).toThrow(/PRODUCER_FENCED/);
});

test('a transaction is described by its state, its writer and what has joined it; an unknown id is not', () => {
  const request = describeTransaction('scorer.leads.0');
  const answer = (code: number, state: string): Buffer => {
    const out = new ByteWriter().int32(0);
    out.compactArray(['scorer.leads.0'], (id) => {
      out.int16(code).compactString(id).compactString(state).int32(12_000).int64(0n).int64(7n).int16(4);
      out.compactArray(['scores'], (topic) => {
        out.compactString(topic).compactArray([0, 3], (partition) => void out.int32(partition));
        out.noTags();
      });
      out.noTags();
    });
    return out.noTags().written();
  };
  expect(request.read(answer(0, 'Ongoing'))).toEqual({
    state: 'Ongoing',
    producer: { id: 7n, epoch: 4 },
    timeoutMs: 12_000,
    partitions: new Map([['scores', [0, 3]]]),
  });
  expect(request.read(answer(105, ''))).toBeUndefined();
  expect(() => request.read(answer(14, ''))).toThrow(expect.objectContaining({ code: 14 }));
});

test('features are read from the tagged field that holds them; without it there are none', () => {
  const versions = new ByteWriter().int16(0);
  versions.compactArray([0, 1], (key) => versions.int16(key).int16(0).int16(12).noTags()).int32(0);
  const features = new ByteWriter();
  features.compactArray(['metadata.version', 'transaction.version'], (name) => {
    features.compactString(name).int16(2).int16(0).noTags();
  });
  const answered = Buffer.from(versions.written());
  const tagged = new ByteWriter().raw(answered).unsignedVarint(1).unsignedVarint(2);
  tagged.unsignedVarint(features.length).raw(features.written());
  expect(finalizedFeatures().read(tagged.written()).get('transaction.version')).toBe(2);
  const untagged = new ByteWriter().raw(answered).noTags();
  expect(finalizedFeatures().read(untagged.written()).size).toBe(0);
});
