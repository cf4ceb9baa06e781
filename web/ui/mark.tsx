/** Two calendars overlap and the time they share lights up. */
export const Mark = ({ size = 28 }: { size?: number }) => (
  <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" className="flex-none">
    <path d="M16 8.2a9 9 0 0 1 0 15.6 9 9 0 0 1 0-15.6Z" fill="var(--accent)" />
    <g fill="none" stroke="var(--primary)" strokeWidth="2.6">
      <circle cx="11.5" cy="16" r="9" />
      <circle cx="20.5" cy="16" r="9" />
    </g>
  </svg>
)
