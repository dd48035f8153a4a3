/** The fastify app: every route of the table behind one gate, every error in one form. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { type FastifyInstance, type FastifyReply, type FastifyRequest, fastify } from 'fastify';
import { refuseAccess } from './access.ts';
import { failureAnswer } from './failures.ts';
import { SECURITY_HEADERS } from './headers.ts';
import type { ConnectionCounts } from './http-server.ts';
import { openMetrics } from './metrics/own-metrics.ts';
import { type Method, ReplyBody, type Route, type Scene } from './route.ts';
import { routeTable } from './route-table.ts';
import type { WebDoors, WebSettings } from './web.ts';

export interface AppHost {
  readonly isLocal: (request: IncomingMessage) => boolean;
  readonly serverFactory: (
    handler: (request: IncomingMessage, response: ServerResponse) => void,
  ) => Server;
  readonly connections: () => ConnectionCounts;
}

/** JSON bodies of commands are small. */
const COMMAND_BYTES = 256 * 1024;

const single = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

function newApp(host: AppHost): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: COMMAND_BYTES,
    serverFactory: host.serverFactory,
    routerOptions: { maxParamLength: 2_048 },
    // The answers of the server itself (bad URL) take the same form as all others.
    frameworkErrors: (error, request, reply) => sendError(error, request, reply),
    return503OnClosing: true,
    forceCloseConnections: 'idle',
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(
    'application/json',
    { parseAs: 'string' },
    app.getDefaultJsonParser('error', 'error'),
  );
  return app;
}

function sendError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const answer = failureAnswer(error, request.id);
  reply.status(answer.status).headers({ ...SECURITY_HEADERS, ...answer.headers });
  reply.type('application/json; charset=utf-8').send(answer.body);
}

function gate(request: FastifyRequest, route: Route, settings: WebSettings, local: boolean): void {
  const refusal = refuseAccess(
    route.auth,
    {
      local,
      method: request.method as Method,
      authorization: request.headers.authorization,
      host: request.headers.host,
      fetchSite: single(request.headers['sec-fetch-site']),
    },
    settings,
  );
  if (refusal !== null) throw refusal;
}

function send(reply: FastifyReply, result: unknown): FastifyReply {
  if (result instanceof ReplyBody) {
    return reply.status(result.status).type(result.type).headers(result.headers).send(result.body);
  }
  return reply.type('application/json; charset=utf-8').send(JSON.stringify(result ?? {}));
}

export async function makeApp(
  doors: WebDoors,
  settings: () => WebSettings,
  host: AppHost,
): Promise<FastifyInstance> {
  const app = newApp(host);
  const metrics = openMetrics({ doors, settings, connections: host.connections });
  const routes = routeTable(metrics);
  app.addHook('onRequest', async (_request, reply) => {
    reply.headers(SECURITY_HEADERS);
  });
  app.setErrorHandler((error, request, reply) => {
    const answer = failureAnswer(error, request.id);
    if (answer.unexpected) {
      doors.log.error('request failed', { id: request.id, route: request.routeOptions.url, error });
    }
    sendError(error, request, reply);
  });
  app.setNotFoundHandler((request, reply) => sendError({ statusCode: 404 }, request, reply));
  for (const route of routes) addRoute(app, route, { doors, settings, host, routes });
  await app.ready();
  return app;
}

interface Surroundings {
  readonly doors: WebDoors;
  readonly settings: () => WebSettings;
  readonly host: AppHost;
  readonly routes: readonly Route[];
}

function addRoute(app: FastifyInstance, route: Route, around: Surroundings): void {
  const { doors, host, routes } = around;
  app.register(async (scope) => {
    if (route.raw) {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser(
        '*',
        { parseAs: 'buffer', bodyLimit: route.bodyBytes ?? around.settings().bodyBytes },
        (_request, body, done) => done(null, body),
      );
    }
    scope.route({
      method: route.method,
      url: route.path,
      ...(route.bodyBytes === null ? {} : { bodyLimit: route.bodyBytes }),
      // The gate stands before the body is read.
      onRequest: async (request) => {
        gate(request, route, around.settings(), host.isLocal(request.raw));
      },
      handler: async (request, reply) => {
        const local = host.isLocal(request.raw);
        const scene: Scene = {
          doors,
          settings: around.settings(),
          actor: { who: 'administrator', from: local ? 'socket' : request.ip },
          headers: request.headers,
          routes,
        };
        const { params, query, body } = request;
        return send(reply, await route.run({ params, query, body }, scene));
      },
    });
  });
}
