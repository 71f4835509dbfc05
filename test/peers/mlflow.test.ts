import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createMlflowClient } from '@scoreline/runtime/mlflow/client.ts';
import {
  importFromMlflow,
  type ImportOutcome,
  PACKAGE_TAG,
} from '@scoreline/runtime/mlflow/import-package.ts';
import { createRootOpener } from '@scoreline/runtime/mlflow/open-root.ts';
import { syncAliases } from '@scoreline/runtime/mlflow/sync-aliases.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logModels } from './log-models.ts';
import { type PeerServer, startMlflow } from './server.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const network = join(repository, 'test/fixtures/packages/bank-leads-network/1.0.0');
const trees = join(repository, 'models/bank-leads/1.1.0');

let home: string;
let server: PeerServer;
let modelsDir: string;

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'scoreline-mlflow-'));
  modelsDir = join(home, 'models');
  server = await startMlflow(home);
  await logModels(server.url, [
    { folder: network, name: 'bank network', alias: 'candidate' },
    { folder: trees, name: 'bank-trees', alias: 'champion' },
    { folder: trees, name: 'bank-trees', alias: 'someone-elses' },
    { folder: network, name: 'bare', alias: 'candidate', withPackage: false },
    { folder: await copyNetwork('mixed', '"1.0.0"', '"1.0.1"', trees), name: 'mixed', alias: 'candidate' },
    { folder: await copyNetwork('changed', '2010-12-01', '2010-12-02'), name: 'changed', alias: 'candidate' },
  ]);
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

/** The network's package with a word of its manifest changed, and another's model on request. */
async function copyNetwork(name: string, word: string, other: string, modelOf = network): Promise<string> {
  const folder = join(home, name);
  await cp(network, folder, { recursive: true });
  await cp(join(modelOf, 'model.onnx'), join(folder, 'model.onnx'));
  const manifest = await readFile(join(network, 'manifest.json'), 'utf8');
  await writeFile(join(folder, 'manifest.json'), manifest.replace(word, other));
  return folder;
}

function openClient() {
  const settings = { trackingUrl: server.url };
  return { client: createMlflowClient(settings), openRoot: createRootOpener(settings, {}), modelsDir };
}

function importModel(uri: string): Promise<ImportOutcome> {
  return importFromMlflow(openClient(), uri, AbortSignal.timeout(30_000));
}

async function readAll(dir: string): Promise<Record<string, string>> {
  const names = (await readdir(dir)).sort();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(dir, name))).toString('base64')]),
    ),
  ) as Record<string, string>;
}

describe('importing', () => {
  test('brings a neural network in by its alias, as the package that was logged, and it scores', async () => {
    const outcome = await importModel('mlflow:/bank%20network/candidate');
    expect(outcome).toMatchObject({ ok: true, ref: 'bank-leads-network@1.0.0', already: false });
    const dir = join(modelsDir, 'bank-leads-network/1.0.0');
    expect(await readAll(dir)).toEqual(await readAll(network));
    const model = await openModel(await loadPackage(dir));
    await model.close();
    expect((await readdir(modelsDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('leaves word in MLflow of what came of it, and finds it there the second time', async () => {
    await importModel('mlflow:/bank%20network/candidate');
    const again = await importModel('models:/bank%20network/1');
    expect(again).toMatchObject({ ok: true, already: true });
    const version = await openClient().client.find({ name: 'bank network', by: { version: '1' } });
    expect(version?.tags.get(PACKAGE_TAG)).toBe('bank-leads-network@1.0.0');
  });

  test('brings trees in just so', async () => {
    await importModel('models:/bank-trees@champion');
    expect(await readAll(join(modelsDir, 'bank-leads/1.1.0'))).toEqual(await readAll(trees));
  });

  test.each([
    ['mlflow:/bank-trees/nobody', 'unknown'],
    ['mlflow:/nothing/champion', 'unknown'],
    ['mlflow:/bank-trees/99', 'unknown'],
    ['mlflow:bank-trees', 'uri'],
  ])('%s is told as it is', async (uri, code) => {
    expect(await importModel(uri)).toMatchObject({ ok: false, code });
  });

  test('of a model without a package says what to log', async () => {
    expect(await importModel('mlflow:/bare/candidate')).toMatchObject({
      ok: false,
      code: 'no_package',
      message: expect.stringContaining("mlflow.log_artifacts(folder, 'scoreline')") as string,
    });
  });

  test('refuses a registered model that is not the one of its package, and leaves nothing behind', async () => {
    await expect(importModel('mlflow:/mixed/candidate')).rejects.toMatchObject({ code: 'corrupt' });
    expect(await readdir(join(modelsDir, 'bank-leads-network'))).toEqual(['1.0.0']);
    expect((await readdir(modelsDir)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('refuses other bytes under a version that is here', async () => {
    expect(await importModel('mlflow:/changed/candidate')).toMatchObject({ ok: false, code: 'other_bytes' });
  });
});

describe('aliases', () => {
  test('follow the registry, and leave those of others alone', async () => {
    await importModel('mlflow:/bank-trees/1');
    const { client } = openClient();
    const sync = (aliases: Record<string, string>) =>
      syncAliases(client, 'bank-trees', new Map(Object.entries(aliases)));

    expect(await sync({ challenger: 'bank-leads@1.1.0' })).toEqual([
      { alias: 'champion', version: undefined, was: '1', ref: undefined },
      { alias: 'challenger', version: '1', was: undefined, ref: 'bank-leads@1.1.0' },
    ]);
    expect(await client.listAliases('bank-trees')).toEqual(
      new Map([
        ['challenger', '1'],
        ['someone-elses', '2'],
      ]),
    );
    expect(await sync({ challenger: 'bank-leads@1.1.0' })).toEqual([]);
    expect(await sync({ champion: 'bank-leads@1.1.0', challenger: 'bank-leads@9.9.9' })).toHaveLength(2);
    expect(await client.listAliases('bank-trees')).toEqual(
      new Map([
        ['champion', '1'],
        ['someone-elses', '2'],
      ]),
    );
  });

  test('of a model that MLflow has not are no change', async () => {
    expect(await syncAliases(openClient().client, 'nothing', new Map())).toBeUndefined();
  });
});

test('a server that is not there is told with its address', async () => {
  const client = createMlflowClient({ trackingUrl: 'http://127.0.0.1:9', timeoutMs: 2_000 });
  await expect(client.listAliases('bank-trees')).rejects.toThrow(/127\.0\.0\.1:9.*is the tracking URL right/);
});
