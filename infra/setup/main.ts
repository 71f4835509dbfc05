import { setUp } from './setup.ts';

try {
  await setUp({ env: process.env, log: (line) => console.log(line) });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
