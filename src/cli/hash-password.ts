/** `circbridge hash-password`: a password becomes the hash that the configuration holds. */
import { Command } from 'commander'
import { makePasswords } from '../runtime/password.ts'
import { exitCodes } from '../runtime/exit-codes.ts'
import { CommandFailure } from './failure.ts'
import { print } from './paint.ts'
import { askSecret, readSecretFromStdin } from './read-secret.ts'

const help = `
Asks twice and shows nothing of what is typed. Prints the hash alone: the line for passwordHash of a terminal's login.

Examples
  $ circbridge hash-password
  $ openssl rand -base64 24 | tee kiosk-1.password | circbridge hash-password --stdin
`

export function makeHashPasswordCommand(): Command {
  return new Command('hash-password')
    .description("Makes the hash of a terminal's password for the configuration.")
    .option('--stdin', 'read the password from the standard input')
    .addHelpText('after', help)
    .action(async (options: { readonly stdin?: true }) => {
      const password = options.stdin === true ? await readSecretFromStdin() : await askTwice()
      print(await hash(password))
    })
}

async function askTwice(): Promise<string> {
  const otherwise = 'give the password on the standard input, with --stdin.'
  const password = await askSecret('Password: ', otherwise)
  if (password === '') throw new CommandFailure(exitCodes.usage, 'The password is empty.')
  if ((await askSecret('Again: ', otherwise)) !== password) {
    throw new CommandFailure(exitCodes.usage, 'The two are not the same.')
  }
  return password
}

async function hash(password: string): Promise<string> {
  try {
    return await makePasswords({ concurrency: 1 }).hash(password)
  } catch (error) {
    if (error instanceof RangeError) throw new CommandFailure(exitCodes.usage, 'The password is too long.')
    throw error
  }
}
