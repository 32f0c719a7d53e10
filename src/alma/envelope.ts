/**
 * Reads what stands in an answer's body: JSON, Alma's error envelope in JSON or XML, or none of them. Gateways answer
 * in XML although JSON was asked for, proxies in HTML, and an XML text may hold a bare `&`, so the error envelope is
 * searched and not parsed as XML.
 */
import { type JsonObject, readList, readObject, readText } from './json.ts'

export interface Fault {
  /** Alma's or the gateway's code, empty when the body had none. */
  readonly code: string
  readonly message: string
  readonly trackingId: string
}

export const noFault: Fault = { code: '', message: '', trackingId: '' }

/** The JSON object of a body, or undefined. */
export function readJsonObject(body: string): JsonObject | undefined {
  const json = body.startsWith('\uFEFF') ? body.slice(1) : body
  if (!/^\s*\{/.test(json)) return undefined
  try {
    return readObject(JSON.parse(json))
  } catch {
    return undefined
  }
}

export function looksLikeHtml(body: string): boolean {
  return /^[\s\uFEFF]*<(?:!doctype\s+html|html|head|body)\b/i.test(body)
}

/** The first error of an envelope. Codes and tracking ids that look like nothing Alma writes are left out. */
export function readFault(body: string): Fault {
  const json = readJsonObject(body)
  if (json !== undefined) return readJsonFault(json)
  if (looksLikeHtml(body)) return noFault
  return makeFault(element(body, 'errorCode'), element(body, 'errorMessage'), element(body, 'trackingId'))
}

export function readJsonFault(envelope: JsonObject): Fault {
  const [error] = readList(readObject(envelope['errorList'])['error'])
  if (error === undefined) return noFault
  return makeFault(readText(error['errorCode']), readText(error['errorMessage']), readText(error['trackingId']))
}

/** Codes reach logs and metrics: longer digits could be a barcode, and small letters a name. */
const codeForm = /^(\d{1,10}|[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)$/

function makeFault(code: string, message: string, trackingId: string): Fault {
  return {
    code: code.length <= 40 && codeForm.test(code) ? code : '',
    message,
    trackingId: /^[A-Za-z0-9-]{1,60}$/.test(trackingId) ? trackingId : '',
  }
}

function element(xml: string, name: string): string {
  const text = new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`).exec(xml)?.[1] ?? ''
  return text
    .trim()
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&apos;/g, "'")
    .replace(/&amp;/g, '&')
}
