import { pino, type DestinationStream, type Logger } from 'pino'
import type { LogLevel } from './config-values.ts'
import { cleanText, escapeControls, redact } from './redact.ts'

/** What is worth saying, with what it is about. Everything passes `redact`: callers need not think about it. */
type Say = (...said: [message: string] | [fields: object, message?: string]) => void

export type Log = {
  trace: Say
  debug: Say
  info: Say
  warn: Say
  error: Say
  /** One sentence for whoever stands at the console, as it is: the link of the first start is a secret meant for them. */
  notice(sentence: string): void
  child(fields: object): Log
}

export type LogOptions = {
  level: LogLevel
  /** Lines for eyes instead of JSON; by default when somebody watches. */
  readable?: boolean
  destination?: DestinationStream
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error'] as const

/** JSON lines on standard output, or lines for eyes when that is a terminal. */
export function createLog({
  level,
  readable =  process.stdout.isTTY,
  destination = process.stdout,
}: LogOptions): Log {
  const to = readable
    ? { write: (line: string) =>  destination.write(`${forEyes(line)}\n`) }
    : destination
  const logger = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: (err: unknown) => err },
    },
    to,
  )
  const notice = (sentence: string) => {
    if (level === 'silent') return
    const plain = escapeControls(sentence)
    destination.write(
      readable
        ? `${plain}\n`
        : `${JSON.stringify({ level: 'notice', time: new Date().toISOString(), msg: plain })}\n`,
    )
  }
  return logOf(logger, notice)
}

function logOf(logger: Logger, notice: Log['notice']): Log {
  const say =
    (level: (typeof LEVELS)[number]): Say =>
    (first, message?: string) => {
      if (!logger.isLevelEnabled(level)) return
      if (typeof first === 'string') logger[level](cleanText(first))
      else
        logger[level](
          redact(first instanceof Error ? { err: first } : first),
          message === undefined ? undefined : cleanText(message),
        )
    }
  const [trace, debug, info, warn, error] = LEVELS.map(say) as [Say, Say, Say, Say, Say]
  return {
    trace,
    debug,
    info,
    warn,
    error,
    notice,
    child: (fields) => logOf(logger.child(redact(fields)), notice),
  }
}

function forEyes(line: string): string {
  const { level, time, msg = '', err, ...rest } = JSON.parse(line) as Record<string, unknown>
  const { stack, ...fault } = (err ?? {}) as { stack?: unknown }
  const fields = Object.entries({ ...rest, ...(err ? { err: fault } : {}) }).map(
    ([name, value]) => `  ${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  )
  return [
    `${String(time).slice(11, 19)} ${String(level).padEnd(5)} ${String(msg)}${fields.join('')}`,
    ...(Array.isArray(stack) ? stack : []).map((row) => `      ${String(row)}`),
  ].join('\n')
}
