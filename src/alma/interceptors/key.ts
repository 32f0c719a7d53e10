/** Adds the API key. It stands in a header, never in a URL, and goes to the gateway's own origin alone. */
import type { Interceptor } from './exchange.ts'

/** Throws when the key cannot be a header's value. */
export function keyInterceptor(origin: string, apiKey: string): Interceptor {
  if (!/^[\x21-\x7E]+$/.test(apiKey)) throw new TypeError('The Alma API key must be printable ASCII without blanks')
  const authorization = `apikey ${apiKey}`
  return (dispatch) =>
    function addKey(options, handler) {
      if (options.origin !== origin) return dispatch(options, handler)
      const headers = { ...(options.headers as Record<string, string>), authorization }
      return dispatch({ ...options, headers }, handler)
    }
}
