export function Logo() {
  return (
    <svg className="logo" width="26" height="26" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9.5 11.5 16 19.5l6.5-8M9.5 12v9M22.5 12v9" />
      <circle cx="9.5" cy="10.5" r="2.8" />
      <circle cx="22.5" cy="10.5" r="2.8" />
      <circle cx="16" cy="20" r="2.8" />
    </svg>
  );
}
