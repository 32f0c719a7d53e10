import type { FastifyPluginAsync, FastifyRequest } from 'fastify'
import { tellStep } from '../runtime/diagnostics.ts'
import { NcipResponder, type NcipOptions } from './responder.ts'

export type NcipPluginOptions = NcipOptions & {
  /** Where messages are posted; `/ncip` when left out. */
  readonly path?: string
}

/** Header in which a partner may send its key; `Authorization: Bearer` and FromAgencyAuthentication do as well. */
export const keyHeader = 'x-circbridge-key'

const contentType = 'application/xml; charset=utf-8'
const greeting = 'Circbridge answers NCIP 2.0 to 2.02 here. POST one NCIPMessage as the body.\n'

/**
 * NCIP over HTTP: the body is one message, whatever its Content-Type says, and the answer is one message with status
 * 200, Problems included. Parsers and error handler are the plugin's own; the application around it keeps its own.
 */
export const ncipPlugin: FastifyPluginAsync<NcipPluginOptions> = async (app, options) => {
  const responder = new NcipResponder(options)
  const bodyLimit = responder.limits.bodyBytes
  const path = options.path ?? '/ncip'

  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body))

  // What is no media type would be refused before the body is seen.
  app.addHook('onRequest', async ({ raw: { headers } }) => {
    if (!/^[^\s/;]+\/[^\s/;]+\s*(;|$)/.test(headers['content-type'] ?? '')) delete headers['content-type']
  })

  app.setErrorHandler<{ code?: string }>((error, _request, reply) => {
    const xml = responder.refuse(error.code === 'FST_ERR_CTP_BODY_TOO_LARGE' ? 'too-large' : 'malformed')
    return reply.code(200).type(contentType).send(xml)
  })

  app.addHook('onResponse', async (request) => tellStep('reply-written', request.id))

  app.get(path, (_request, reply) => reply.type('text/plain; charset=utf-8').send(greeting))

  app.post(path, async (request, reply) => {
    const body = request.body instanceof Uint8Array ? request.body : new Uint8Array()
    const arrival = { charset: charsetOf(request), keys: keysOf(request), address: request.ip }
    const xml = await responder.answer(body, arrival)
    tellStep('reply-writing', request.id)
    return reply.type(contentType).send(xml)
  })
}

const charsetOf = (request: FastifyRequest): string | undefined =>
  /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(request.headers['content-type'] ?? '')?.[1]

function keysOf({ headers }: FastifyRequest): string[] {
  const own = headers[keyHeader]
  const bearer = /^Bearer\s+(\S+)$/i.exec(headers.authorization ?? '')?.[1]
  return [own, bearer].filter((key) => typeof key === 'string')
}
