/** The scripted visit: a patron at a kiosk over TLS, then a partner over HTTP. */
import { Sip2Client } from '../sip2-client.ts'
import { makeKioskSteps } from './kiosk-steps.ts'
import { Library } from './library.ts'
import { makePartnerSteps } from './partner-steps.ts'
import type { Stage } from './stage.ts'
import { type PlayedStep, playStep } from './step.ts'

/**
 * Plays every step, and puts the library back as it was, so that whoever tries it next finds what the lists say.
 *
 * @param onStep told of each step as it ends
 */
export async function playVisit(
  stage: Stage,
  onStep: (step: PlayedStep, number: number) => void,
): Promise<PlayedStep[]> {
  const { control } = stage.simulator
  const { sip2Tls, http } = stage.addresses
  const library = new Library(control)
  const client = await Sip2Client.connect({ ...sip2Tls, tls: { ca: stage.certificate } })
  const played: PlayedStep[] = []
  try {
    for (const step of [...makeKioskSteps(client, library), ...makePartnerSteps(http, library)]) {
      const result = await playStep(step, control)
      played.push(result)
      onStep(result, played.length)
    }
  } finally {
    await client.close()
  }
  control.clearCalls()
  control.reset()
  return played
}
