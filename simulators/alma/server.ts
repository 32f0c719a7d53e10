/** The HTTP server: the routes of the API, the second door, and answers to whatever fits neither. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { Control } from './control/control.ts'
import { registerControlRoutes } from './control/routes.ts'
import { routes } from './routes/routes.ts'
import { type ApiKeys, GatewayError } from './transport/api-keys.ts'
import { errorBody } from './transport/bodies.ts'
import { basePath, type Gateway, serve } from './transport/pipeline.ts'

/** Largest body of a call; the gateway refuses more. */
const mostBodyBytes = 4 * 1024 * 1024

export function makeServer(control: Control, keys: ApiKeys): FastifyInstance {
  const server = fastify({
    logger: false,
    bodyLimit: mostBodyBytes,
    exposeHeadRoutes: false,
    forceCloseConnections: true,
    routerOptions: { ignoreTrailingSlash: true, maxParamLength: 1000 },
  })
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  const gateway: Gateway = { ...control.parts, store: () => control.store, keys }
  for (const route of routes) {
    server.route({
      method: route.method,
      url: `${basePath}${route.template.replaceAll(/\{(\w+)\}/g, ':$1')}`,
      handler: (request, reply) => serve(gateway, route, request, reply),
    })
  }
  registerControlRoutes(server, control)
  server.setNotFoundHandler((request, reply) => {
    const status = request.url.startsWith(basePath) ? control.switches().unknownPathStatus : 404
    return fail(new GatewayError('GENERAL_ERROR', `Path not found (${request.method})`, status), request, reply)
  })
  server.setErrorHandler((error, request, reply) => fail(gatewayErrorOf(error), request, reply))
  return server

  function fail(failure: GatewayError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const body = errorBody(failure, request.headers.accept?.includes('json') ? 'json' : 'xml', control.switches())
    return reply.code(body.status).header('Content-Type', body.contentType).send(body.text)
  }
}

/** What went wrong before a route was reached. */
function gatewayErrorOf(error: unknown): GatewayError {
  const { statusCode, message } = Object(error) as { statusCode?: number; message?: string }
  if (statusCode === 413) return new GatewayError('REQUEST_TOO_LARGE', 'The request is too large.', 403)
  return new GatewayError('INTERNAL_SERVER_ERROR', message ?? 'Internal server error', statusCode ?? 500)
}
