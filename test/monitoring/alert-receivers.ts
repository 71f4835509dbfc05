import { createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A mail as it was sent: envelope and text. */
export interface Mail {
  readonly to: readonly string[];
  readonly data: string;
}

/** A mail server that takes everything and sends nothing on. */
export interface MailSink {
  readonly port: number;
  readonly mails: Mail[];
  /** User and password of the logins. */
  readonly logins: string[];
  close(): Promise<void>;
}

/** Starts a mail server (RFC 5321: EHLO, AUTH PLAIN, MAIL, RCPT, DATA, QUIT) on a free port of this machine. */
export async function startMailSink(): Promise<MailSink> {
  const mails: Mail[] = [];
  const logins: string[] = [];
  const server = createServer((socket) => converse(socket, mails, logins));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, mails, logins, close: () => closeServer(server) };
}

function converse(socket: Socket, mails: Mail[], logins: string[]): void {
  let pending = '';
  let to: string[] = [];
  let isData = false;
  const say = (line: string): void => void socket.write(`${line}\r\n`);
  const answer = (line: string): void => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === 'EHLO') {
      say('250-sink');
      say('250 AUTH PLAIN');
    } else if (verb === 'AUTH') {
      logins.push(
        Buffer.from(line.split(' ')[2] ?? '', 'base64')
          .toString()
          .split('\0')
          .slice(1)
          .join(':'),
      );
      say('235 welcome');
    } else if (verb === 'RCPT') {
      to.push(/<(.*)>/.exec(line)?.[1] ?? '');
      say('250 ok');
    } else if (verb === 'DATA') {
      isData = true;
      say('354 go on');
    } else if (verb === 'QUIT') {
      say('221 bye');
      socket.end();
    } else say('250 ok');
  };
  socket.on('error', () => {});
  socket.on('data', (chunk: Buffer) => {
    pending += chunk.toString();
    for (;;) {
      const end = isData ? '\r\n.\r\n' : '\r\n';
      const at = pending.indexOf(end);
      if (at === -1) return;
      const text = pending.slice(0, at);
      pending = pending.slice(at + end.length);
      if (!isData) {
        answer(text);
        continue;
      }
      mails.push({ to, data: text });
      [isData, to] = [false, []];
      say('250 taken');
    }
  });
  say('220 sink');
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => server.close(() => resolve()));
}
