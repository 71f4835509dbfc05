import { Command } from 'commander';
import { addBacktestCommand } from './commands/backtest.ts';
import { addDlqCommands } from './commands/dlq.ts';
import { addExperimentCommands } from './commands/experiment.ts';
import { addModelCommands } from './commands/model.ts';
import { addReplayCommand } from './commands/replay.ts';
import { addRolloutCommands } from './commands/rollout.ts';
import { addShadowCommands } from './commands/shadow-report.ts';

const program = new Command('scoreline').description('Lead scoring on Kafka: tools for models and data.');
addModelCommands(program);
addReplayCommand(program);
addShadowCommands(program);
addBacktestCommand(program);
addRolloutCommands(program);
addExperimentCommands(program);
addDlqCommands(program);
await program.parseAsync();
