/** One measured figure beside what it may be at most (or, where the name says "at least", must be). */
export type Line = { name: string; ours: number; limit: number; unit: string; ok: boolean; note?: string }
