import { Command } from 'commander';
import { addModelCommands } from './commands/model.ts';

const program = new Command('scoreline').description('Lead scoring on Kafka: tools for models and data.');
addModelCommands(program);
await program.parseAsync();
