/** The bytes of answers: objects and errors in JSON and XML, and the odd bodies that faults ask for. */
import type { AlmaError } from '../alma-error.ts'
import { renderXml } from '../render/xml.ts'
import { trackingId } from '../state/ids.ts'
import type { RenderedObject } from '../state/shape.ts'
import type { Switches } from '../switches.ts'
import { GatewayError } from './api-keys.ts'
import type { AnswerForm } from './faults.ts'

export type Format = 'json' | 'xml'

export interface Body {
  readonly status: number
  /** Empty when there is no body. */
  readonly contentType: string
  readonly text: string
}

export const jsonType = 'application/json;charset=UTF-8'
export const xmlType = 'application/xml;charset=UTF-8'
export const textType = 'text/plain;charset=UTF-8'
export const htmlType = 'text/html;charset=UTF-8'

const dropNull = (_name: string, value: unknown): unknown => (value === null ? undefined : value)

export function objectBody(root: string, value: RenderedObject, format: Format, switches: Switches): Body {
  if (format === 'xml') return { status: 200, contentType: xmlType, text: renderXml(root, value) }
  const text = JSON.stringify(value, switches.nullsOrOmitted === 'omitted' ? dropNull : undefined)
  return { status: 200, contentType: jsonType, text }
}

/** Gateway errors carry no tracking id and may come as XML to whoever asked for JSON. */
export function errorBody(error: AlmaError, format: Format, switches: Switches): Body {
  const isGateway = error instanceof GatewayError
  const tracking = isGateway ? undefined : trackingId(new Date())
  const spoken = isGateway && switches.gatewayErrorsInXml ? 'xml' : format
  const { status, code, message } = error
  return spoken === 'json'
    ? { status, contentType: jsonType, text: JSON.stringify(envelope(code, message, tracking)) }
    : { status, contentType: xmlType, text: xmlEnvelope(code, escapeXml(message), tracking) }
}

function envelope(code: string, message: string, tracking: string | undefined) {
  const error = { errorCode: code, errorMessage: message, ...(tracking === undefined ? {} : { trackingId: tracking }) }
  return { errorsExist: true, errorList: { error: [error] }, result: null }
}

function xmlEnvelope(code: string, escapedMessage: string, tracking: string | undefined): string {
  const trackingElement = tracking === undefined ? '' : `<trackingId>${tracking}</trackingId>`
  return (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>' +
    '<web_service_result xmlns="http://com/exlibris/urm/general/xmlbeans"><errorsExist>true</errorsExist><errorList><error>' +
    `<errorCode>${code}</errorCode><errorMessage>${escapedMessage}</errorMessage>${trackingElement}` +
    '</error></errorList></web_service_result>'
  )
}

function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

const htmlPage = (title: string): string =>
  `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`

export interface OddAnswer {
  readonly form: AnswerForm
  readonly status?: number
  readonly code?: string
  readonly message?: string
}

/** The answer that a fault asks for, as it was seen in the wild. */
export function oddBody({ form, status, code, message }: OddAnswer, format: Format): Body {
  const failure = code ?? '402119'
  const text = message ?? 'General error'
  const tracking = trackingId(new Date())
  switch (form) {
    case 'envelope':
      return format === 'json'
        ? { status: status ?? 400, contentType: jsonType, text: JSON.stringify(envelope(failure, text, tracking)) }
        : { status: status ?? 400, contentType: xmlType, text: xmlEnvelope(failure, escapeXml(text), tracking) }
    case 'bare-error':
      return {
        status: status ?? 400,
        contentType: jsonType,
        text: JSON.stringify(bareEnvelope(failure, text, tracking)),
      }
    case 'text':
      return { status: status ?? 500, contentType: textType, text: message ?? 'Internal Server Error' }
    case 'html':
      return { status: status ?? 502, contentType: htmlType, text: htmlPage('502 Bad Gateway') }
    case 'empty':
      return { status: status ?? 503, contentType: '', text: '' }
    case 'xml-ampersand': {
      const broken = message ?? 'See https://developers.exlibrisgroup.com/?a=1&b=2'
      return { status: status ?? 400, contentType: xmlType, text: xmlEnvelope(failure, broken, tracking) }
    }
    case 'gateway-json': {
      const body = envelope(code ?? 'ROUTING_ERROR', message ?? 'Routing error', undefined)
      return { status: status ?? 503, contentType: jsonType, text: JSON.stringify(body) }
    }
    case 'gateway-xml': {
      const body = xmlEnvelope(code ?? 'ROUTING_ERROR', escapeXml(message ?? 'Routing error'), undefined)
      return { status: status ?? 503, contentType: xmlType, text: body }
    }
    case 'html-401':
      return { status: status ?? 401, contentType: htmlType, text: htmlPage('HTTP Status 401 – Unauthorized') }
  }
}

function bareEnvelope(code: string, message: string, tracking: string) {
  return {
    errorsExist: true,
    errorList: { error: { errorCode: code, errorMessage: message, trackingId: tracking } },
    result: null,
  }
}
