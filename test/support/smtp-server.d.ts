/** The part of smtp-server that tests use; the package brings no types. */
declare module 'smtp-server' {
  import type { EventEmitter } from 'node:events';
  import type { Server } from 'node:net';
  import type { Readable } from 'node:stream';

  export interface SMTPSession {
    readonly secure: boolean;
    readonly user?: string;
    readonly envelope: {
      readonly mailFrom: { readonly address: string };
      readonly rcptTo: readonly { readonly address: string }[];
    };
  }

  export interface SMTPServerOptions {
    secure?: boolean;
    key?: string | Buffer;
    cert?: string | Buffer;
    authOptional?: boolean;
    disabledCommands?: string[];
    onAuth?(
      auth: { readonly username?: string; readonly password?: string },
      session: SMTPSession,
      callback: (error: Error | null, response?: { user: string }) => void,
    ): void;
    onRcptTo?(
      address: { readonly address: string },
      session: SMTPSession,
      callback: (error?: Error & { responseCode?: number }) => void,
    ): void;
    onData?(stream: Readable, session: SMTPSession, callback: (error?: Error) => void): void;
  }

  export class SMTPServer extends EventEmitter {
    constructor(options: SMTPServerOptions);
    readonly server: Server;
    listen(port: number, host: string, callback: () => void): Server;
    close(callback: () => void): void;
  }
}
