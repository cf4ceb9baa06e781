/** Words without case and marks, for finding and sorting in every script. Here and not in SQL: the case rules of a database depend on how it was made. */
export const fold = (words: string): string =>
  words
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase()
    .replace(/\p{M}+/gu, '')
    // Some signs come apart into eighteen letters, and an index entry holds 2.7 kB.
    .slice(0, 400)
