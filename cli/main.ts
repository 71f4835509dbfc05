import { Command } from 'commander';
import { addBacktestCommand } from './commands/backtest.ts';
import { addModelCommands } from './commands/model.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addShadowCommands } from './commands/shadow-report.ts';

const program = new Command('scoreline').description('Lead scoring on Kafka: tools for models and data.');
addModelCommands(program);
addReplayCommand(program);
addShadowCommands(program);
addBacktestCommand(program);
await program.parseAsync();
