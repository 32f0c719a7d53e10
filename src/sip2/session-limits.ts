/** Where a peer can push, and how far. */
export interface SessionLimits {
  readonly maxFrameBytes: number
  /** Of whoever has not logged in. */
  readonly maxLoginFrameBytes: number
  /** Requests that may wait for their turn before no more is read. */
  readonly maxPipelined: number
  readonly loginTimeoutMs: number
  readonly idleTimeoutMs: number
  /** From the first byte of a request to its last. */
  readonly requestTimeoutMs: number
  readonly writeTimeoutMs: number
  /** Wrong log-ins of one connection, and other requests before the log-in, before it is closed. */
  readonly loginAttempts: number
  /** A request that comes again after this time is a new one, whatever its sequence number. */
  readonly repeatWindowMs: number
}
