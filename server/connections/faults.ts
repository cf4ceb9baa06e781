import { AccessRevoked, Unreachable } from '#server/providers/provider.ts'

/** The provider no longer honours what its owner allowed: only they can mend it. */
export class SignedOut extends AccessRevoked {}

/** The provider no longer knows this server: whoever runs it must mend that, and nobody's account is at fault. */
export class AppRefused extends Unreachable {
  constructor(message: string) {
    super(message, 'forbidden')
  }
}
