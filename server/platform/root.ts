import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** The project's folder, found the same way from a source file and from the bundle in `dist/`. */
export const ROOT = (() => {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'migrations'))) return folder
    if (folder === dirname(folder)) throw new Error('Ritrovo was moved out of its folder: package.json and migrations/ must stand above it.')
  }
})()
