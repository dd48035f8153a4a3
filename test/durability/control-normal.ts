/** The control of F6: stores every request in SQLite with synchronous=NORMAL and answers at once. */
import { createServer } from 'node:http';
import Database from 'better-sqlite3';
import { HEADER_EPOCH, HEADER_RECEIPT, HEADER_SEQ } from '../../src/shared/protocol.ts';

const database = new Database(process.argv[2] ?? '');
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec('CREATE TABLE batch (seq INTEGER PRIMARY KEY, body BLOB)');
const insert = database.prepare('INSERT INTO batch (body) VALUES (?)');

const server = createServer((request, response) => {
  const parts: Buffer[] = [];
  request.on('data', (chunk) => parts.push(chunk));
  request.on('end', () => {
    insert.run(Buffer.concat(parts));
    const receipt = `${request.headers[HEADER_EPOCH]}/${request.headers[HEADER_SEQ]}`;
    response.writeHead(204, { [HEADER_RECEIPT]: receipt }).end();
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.stdout.write(`${address.port}\n`);
});
process.on('SIGTERM', () => process.exit(0));
